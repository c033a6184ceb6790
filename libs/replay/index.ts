export * from './as-of.js';
export { type AttributionsThen, attributionsThen } from './attributions.js';
export { boardThen, type ThreadThenRow } from './board.js';
export { replayCsv } from './csv.js';
export {
  type AttributionFound,
  type ClaimDifference,
  diffOf,
  type PartChange,
  type RulingThen,
  type ThreadDiff,
} from './diff.js';
export { diffInWords, namesInDiff } from './diff-in-words.js';
export {
  type ExplainedSetAside,
  type ExplainedVoice,
  type ExplainedWord,
  type Explanation,
  explain,
  namesFor,
} from './explain.js';
export { type Names, namesIn } from './names.js';
export {
  type Backtest,
  type BacktestChange,
  type BacktestControl,
  type BacktestExample,
  backtest,
} from './policy-backtest.js';
export { changesSomething, echoesOf, type ReplayRecord, recordOf } from './record.js';
export { Replay, type ReplayOptions, type StepRange, type ThreadThen } from './replay.js';
export { type StepInWords, tell } from './sentence.js';
export { type SourceStep, sourceHistory } from './source-history.js';
export { type ClaimChange, type ReplayStep, type Standing, standingOf } from './steps.js';

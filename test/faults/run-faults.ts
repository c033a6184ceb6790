import { randomInt } from 'node:crypto';
import { runRounds } from './fault-rounds.js';
import { FAULTS } from './faults.js';
import { type RoundReport, roundLines } from './round-report.js';

/* `npm run test:fault`: ROUNDS rounds of faults in the order that SEED gives; FAULT names one kind to have no other. */
const rounds = Number(process.env['ROUNDS'] ?? 100);
const seed = Number(process.env['SEED'] ?? randomInt(1_000_000));
const only = process.env['FAULT'];
const faults = FAULTS.filter(({ name }) => only === undefined || name === only);
const say = (text: string) => process.stdout.write(text);

if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed) || faults.length === 0) {
  say(`ROUNDS and SEED are whole numbers; FAULT is one of: ${FAULTS.map(({ name }) => name).join(', ')}.\n`);
  process.exit(2);
}
say(`${rounds} rounds of faults. SEED=${seed} gives the same order and the same chances again.\n`);
const asked = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // What it has started and mounted must not be left behind.
    say('Ending after this round ...\n');
    asked.abort();
  });
}
const onRound = (report: RoundReport) => say(roundLines(report));
const reports = await runRounds({ rounds, seed, faults, onRound, signal: asked.signal });
process.exit(summarise(reports));

/** The exit code. */
function summarise(all: readonly RoundReport[]): number {
  const ran = all.filter(({ skipped }) => !skipped);
  const sum = (of: (report: RoundReport) => number) => ran.reduce((total, report) => total + of(report), 0);
  const found = sum(({ findings }) => findings.length);
  const counts = `${sum((one) => one.acknowledged)} writes acknowledged, ${sum((one) => one.unknown)} unknown, ${sum((one) => one.refused)} refused`;
  const verdict = found === 0 ? 'nothing found' : `${found} FOUND`;
  say(`${ran.length} rounds and ${all.length - ran.length} skipped: ${counts}; ${verdict}. SEED=${seed}\n`);
  return found === 0 && ran.length > 0 ? 0 : 1;
}

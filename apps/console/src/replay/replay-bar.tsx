import { useId } from 'react';
import { Moment } from '../moments/moment.js';
import { useShowProof } from '../proof/proof-context.js';
import { useShortcuts } from '../shell/use-shortcuts.js';
import type { Axis, Stop } from './stops.js';
import type { ReplayPosition } from './use-replay-position.js';

interface BarProps {
  readonly position: ReplayPosition;
  readonly stops: readonly Stop[];
}

const AXES: readonly { readonly axis: Axis; readonly word: string; readonly says: string }[] = [
  { axis: 'known', word: 'As we knew it', says: 'By when this newsroom recorded it' },
  { axis: 'said', word: 'As it was said', says: 'By when it was said in the world' },
];

/** Play and step, by either time. */
export function ReplayBar({ position, stops }: BarProps) {
  const { axis, index, isPlaying, go, choose, play, halt } = position;
  const id = useId();
  const now = stops.length;
  useShortcuts([
    ['ArrowLeft', () => go(index - 1)],
    ['ArrowRight', () => go(index + 1)],
    ['Home', () => go(0)],
    ['End', () => go(now)],
    ['p', () => (isPlaying ? halt() : play())],
  ]);
  return (
    <div className="replay-bar no-print">
      <div className="replay-buttons">
        <button type="button" className="primary play" onClick={isPlaying ? halt : play}>
          <span aria-hidden="true">{isPlaying ? '❚❚' : '▶'}</span> {isPlaying ? 'Halt' : 'Replay the story'}
        </button>
        <button type="button" onClick={() => go(index - 1)} disabled={index === 0}>
          <span aria-hidden="true">←</span> Back
        </button>
        <button type="button" onClick={() => go(index + 1)} disabled={index === now}>
          Step <span aria-hidden="true">→</span>
        </button>
        <button type="button" onClick={() => go(now)} disabled={index === now}>
          Now
        </button>
      </div>
      <fieldset className="axes">
        <legend className="visually-hidden">By which time</legend>
        {AXES.map(({ axis: one, word, says }) => (
          <label key={one} title={says}>
            <input type="radio" name={id} checked={axis === one} onChange={() => choose(one)} /> {word}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

/** What happened at the stop, in words. */
export function ReplayCaption({ position: { index }, stops }: BarProps) {
  const stop = stops[index];
  const showProof = useShowProof();
  return (
    <div className="replay-caption" aria-live="polite">
      <p className="where">
        {stop === undefined ? (
          <strong>Now</strong>
        ) : (
          <>
            <strong>
              Step {index + 1} of {stops.length}
            </strong>{' '}
            <Moment at={stop.at} />
          </>
        )}
      </p>
      {stop === undefined ? (
        <p>This is how the story stands. Replay it to see how it came to this.</p>
      ) : (
        <>
          {stop.sentences.map((sentence) => (
            <p key={sentence}>{withArrows(sentence)}</p>
          ))}
          <p className="no-print">
            <button type="button" className="quiet" onClick={() => showProof(stop.eventIds)}>
              Proof of this step
            </button>
          </p>
        </>
      )}
    </div>
  );
}

/** Every stop, for reading and for going there. */
export function StepList({ position: { index, go }, stops }: BarProps) {
  return (
    <details className="steps">
      <summary>
        All {stops.length} {stops.length === 1 ? 'step' : 'steps'} in words
      </summary>
      <ol>
        {stops.map(({ at, sentences }, n) => (
          <li key={`${at} ${sentences.join()}`} {...(n === index && { 'aria-current': 'step' as const })}>
            <button type="button" className="quiet" onClick={() => go(n)} aria-label={`Go to step ${n + 1}`}>
              {n + 1}
            </button>
            <Moment at={at} />
            <span>{sentences.map(withArrows).join('; ')}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function withArrows(sentence: string): string {
  return sentence.replaceAll('->', '→');
}

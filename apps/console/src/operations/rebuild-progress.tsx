import type { Rebuild } from '../api/types.js';
import { Ago } from '../moments/moment.js';
import { spanText } from '../moments/span.js';

interface ProgressProps {
  /** Of the projection. */
  readonly name: string;
  readonly rebuild: Rebuild;
}

/** How far a rebuild is, how long it will take, and who asked for it. */
export function RebuildProgress({ name, rebuild }: ProgressProps) {
  const { version, eventsDone, eventsTotal, eventsPerSecond, requestedByName, startedAt, error } = rebuild;
  const share = eventsTotal === 0 ? null : eventsDone / eventsTotal;
  return (
    <div className="rebuild-progress">
      {error === null && (
        <progress aria-label={`Rebuild of ${name}`} max={1} {...(share !== null && { value: share })} />
      )}
      <p>
        <strong>{STATES[rebuild.state]}</strong> version {version}: {eventsDone.toLocaleString()} of{' '}
        {eventsTotal.toLocaleString()} events{share !== null && ` (${Math.floor(100 * share)} %)`}
        {eventsPerSecond !== null && `, ${Math.round(eventsPerSecond).toLocaleString()} a second`}
        {timeLeft(rebuild)}.{' '}
        <span className="hint">
          Begun <Ago at={startedAt} />, asked for by {requestedByName}
        </span>
      </p>
      {error !== null && <pre>{error}</pre>}
    </div>
  );
}

const STATES: Readonly<Record<Rebuild['state'], string>> = {
  requested: 'Waits for a projector to build',
  running: 'Being rebuilt as',
  interrupted: 'Cut off, and goes on as soon as a projector takes it up, as',
  failed: 'Failed, and waits for somebody to ask again, at',
};

function timeLeft({ state, secondsLeft }: Rebuild): string {
  if (state !== 'running') return '';
  return secondsLeft === null ? ', time left not known yet' : `, about ${spanText(secondsLeft)} left`;
}

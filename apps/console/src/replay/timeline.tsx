import { useId } from 'react';
import type { Claim } from '../api/types.js';
import { momentText } from '../moments/moment.js';
import { StatusGlyph } from '../status/status-glyph.js';
import { type Status, wordOf } from '../status/status-meanings.js';
import type { Standings, Stop } from './stops.js';
import './timeline.css';

interface TimelineProps {
  readonly claims: readonly Claim[];
  readonly stops: readonly Stop[];
  /** Null while they are being asked for. */
  readonly standings: readonly Standings[] | null;
  readonly index: number;
  readonly onGo: (index: number) => void;
}

interface Segment {
  readonly status: Status;
  /** Stops, the end exclusive. */
  readonly from: number;
  readonly to: number;
}

/**
 * The statuses over the story: a row for the thread and one for each claim, a column for each stop. Columns are even,
 * for news comes in bursts; their times stand below.
 */
export function Timeline({ claims, stops, standings, index, onGo }: TimelineProps) {
  const columns = stops.length + 1;
  const share = (count: number) => `${(100 * count) / columns}%`;
  const rows = [
    { id: 'thread', label: 'Thread', isThread: true, segments: segmentsOf(standings ?? [], ({ thread }) => thread) },
    ...claims.map(({ claimId, key, statement }) => ({
      id: claimId,
      label: key ?? statement,
      isThread: false,
      segments: segmentsOf(standings ?? [], (standing) => standing.claims.get(claimId) ?? null),
    })),
  ];
  return (
    <figure className="timeline">
      <figcaption className="visually-hidden">
        Statuses over the story. The list of steps below says the same in words.
      </figcaption>
      <div className="rows">
        {rows.map(({ id, label, isThread, segments }) => (
          <div key={id} className={isThread ? 'row row-thread' : 'row'}>
            <span className="label" title={label}>
              {label}
            </span>
            <div className="track">
              {segments.map(({ status, from, to }) => (
                <span
                  key={from}
                  className={`segment tone-${status}`}
                  style={{ left: share(from), width: share(to - from) }}
                  title={`${label}: ${wordOf(status)}${from < stops.length ? `, from ${momentText(stops[from]?.at ?? '')}` : ''}`}
                >
                  <StatusGlyph status={status} />
                  <span className="word">{wordOf(status)}</span>
                </span>
              ))}
              <span className="cursor" style={{ left: share(index), width: share(1) }} />
            </div>
          </div>
        ))}
        <Slider stops={stops} index={index} onGo={onGo} />
        <Times stops={stops} share={share} />
      </div>
    </figure>
  );
}

/** Its thumb stands below the column that it means. */
function Slider({ stops, index, onGo }: Pick<TimelineProps, 'stops' | 'index' | 'onGo'>) {
  const id = useId();
  const stop = stops[index];
  const margin = `calc(50% / ${stops.length + 1} - 8px)`;
  return (
    <div className="row slider-row no-print">
      <label className="label" htmlFor={id}>
        Step
      </label>
      <div className="track">
        <input
          id={id}
          type="range"
          min={0}
          max={stops.length}
          value={index}
          style={{ marginInline: margin, width: `calc(100% - 2 * ${margin})` }}
          aria-valuetext={stop === undefined ? 'Now' : `${momentText(stop.at)}: ${stop.sentences.join('; ')}`}
          onChange={(event) => onGo(Number(event.target.value))}
        />
      </div>
    </div>
  );
}

/** The day under the first stop of each day; the last column is now. */
function Times({ stops, share }: { readonly stops: readonly Stop[]; readonly share: (count: number) => string }) {
  const days = stops.map(({ at }) => DAY.format(new Date(at)));
  const marks = days.flatMap((day, index) => (day === days[index - 1] ? [] : [{ day, index }]));
  const lastApart = Math.max(1, Math.ceil(stops.length / 8));
  const shown = marks.filter(
    ({ index }, n) => n === 0 || index - (marks[n - 1]?.index ?? 0) >= lastApart || n === marks.length - 1,
  );
  return (
    <div className="row times" aria-hidden="true">
      <span className="label" />
      <div className="track">
        {shown.map(({ day, index }) => (
          <span key={index} style={{ left: share(index) }}>
            {day}
          </span>
        ))}
        <span className="now">now</span>
      </div>
    </div>
  );
}

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** Now goes on with what stood last. */
function segmentsOf(standings: readonly Standings[], statusOf: (standings: Standings) => Status | null): Segment[] {
  const segments: Segment[] = [];
  const statuses = standings.map(statusOf);
  for (const [index, status] of [...statuses, statuses.at(-1) ?? null].entries()) {
    const last = segments.at(-1);
    if (status === null) continue;
    if (last !== undefined && last.status === status && last.to === index) {
      segments[segments.length - 1] = { ...last, to: index + 1 };
    } else segments.push({ status, from: index, to: index + 1 });
  }
  return segments;
}

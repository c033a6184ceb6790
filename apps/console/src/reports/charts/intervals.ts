import type { ReportInterval } from '../../api/types.js';

interface Keyed {
  /** Of an interval: its first day, in UTC. */
  readonly key: string | null;
}

const DAYS = { day: 1, week: 7 } as const;
/** More columns than these are neither told apart nor drawn in time. */
const MOST_COLUMNS = 400;

/**
 * The rows in the order of time, with an empty place for each interval between the first and the last that has no row.
 * @returns null: too many to draw
 */
export function withGaps<Row extends Keyed>(
  rows: readonly Row[],
  interval: ReportInterval,
): readonly { readonly day: string; readonly row: Row | null }[] | null {
  const byDay = new Map(rows.flatMap((row) => (row.key === null ? [] : [[row.key, row] as const])));
  const days = [...byDay.keys()].sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const places: { readonly day: string; readonly row: Row | null }[] = [];
  for (let day = first; day <= last; day = dayAfter(day, interval)) {
    if (places.length === MOST_COLUMNS) return null;
    places.push({ day, row: byDay.get(day) ?? null });
  }
  return places;
}

function dayAfter(day: string, interval: ReportInterval): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (interval === 'month') date.setUTCMonth(date.getUTCMonth() + 1);
  else date.setUTCDate(date.getUTCDate() + DAYS[interval]);
  return date.toISOString().slice(0, 10);
}

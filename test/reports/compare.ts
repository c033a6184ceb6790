import { expect } from 'vitest';
import type { ReportFrame, ReportQueries } from '#read-models';
import type { Ledger } from './brute-force.js';
import { Figures } from './figures.js';

type Row = Readonly<Record<string, unknown>>;

const MOST_LISTED = 500;

export const REPORTS = [
  'statuses',
  'secondSource',
  'settling',
  'reversals',
  'denials',
  'takeBacks',
  'echoes',
  'refusals',
  'throughput',
  'openQuestions',
] as const;

/** Fails unless each number of the report equals the one counted over the events. Returns how many rows it has. */
export async function compareWithEvents(
  report: (typeof REPORTS)[number],
  queries: ReportQueries,
  ledger: Ledger,
  frame: ReportFrame,
): Promise<number> {
  const figures = new Figures(ledger, frame);
  const at = '2026-06-01T12:00:00.000Z';
  const rows = (report === 'openQuestions'
    ? (await queries.openQuestions(frame, at)).rows
    : await queries[report](frame)) as unknown as readonly Row[];
  const counted = (report === 'openQuestions'
    ? figures.openQuestions(at)
    : figures[report]()) as unknown as readonly Row[];
  expect(plain(rows, report), JSON.stringify(frame)).toEqual(plain(counted, report));
  return rows.length;
}

/** In one order; without what is no figure, and with numbers to the microsecond, as each side rounds its own way. */
function plain(rows: readonly Row[], report: string): readonly Row[] {
  const isCompared = ({ by }: Row) => report !== 'echoes' || by !== 'interval';
  const isEmpty = ({ by, cases, echoes = 0, waiting = 0, voidedByImport = 0 }: Row) =>
    by !== 'all' && by !== 'interval' && [cases, echoes, waiting, voidedByImport].every((n) => n === 0);
  return [...rows.filter(({ by }) => by !== 'source' && by !== 'actor'), ...listed(rows)]
    .filter((row) => isCompared(row) && !isEmpty(row))
    .map(({ label: _, ...row }) => rounded(row) as Row)
    .toSorted((a, b) => (`${a['by']} ${a['key']}` < `${b['by']} ${b['key']}` ? -1 : 1));
}

/** Of sources and actors a report lists those with the most cases. */
function listed(rows: readonly Row[]): readonly Row[] {
  return rows
    .filter(({ by }) => by === 'source' || by === 'actor')
    .toSorted((a, b) => Number(b['cases']) - Number(a['cases']) || (String(a['key']) < String(b['key']) ? -1 : 1))
    .slice(0, MOST_LISTED);
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value * 1e6) / 1e6;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, rounded(one)]));
}

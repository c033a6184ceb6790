import type { ClaimStatus, ThreadStatus } from '#domain';
import { CLAIM_STATUSES, THREAD_STATUSES } from '#domain';
import { WORK_COUNTS } from './report-day.entity.js';
import {
  ALL_INTERVAL_DESK,
  DESK,
  GROUP_COLUMNS,
  groupOf,
  intervalOf,
  intervalStarts,
  type ReportFrame,
  type ReportGroup,
  type ReportRow,
  threadsOf,
} from './report-frame.js';

/** How many claims (`cases`) and threads stood in each status at the end of the period, or of the interval. */
export interface StatusRow extends ReportGroup {
  readonly claims: Readonly<Record<ClaimStatus, number>>;
  readonly threads: Readonly<Record<ThreadStatus, number>>;
}

const STATUS_COLUMNS = [
  ...CLAIM_STATUSES.map((status) => `claim_${status}`),
  ...THREAD_STATUSES.map((status) => `thread_${status}`),
];
const STATUS_SUMS = STATUS_COLUMNS.map((name) => `sum(${name})::integer AS ${name}`).join();

/*
 * Everything is added up by day and desk first, in one pass; what the groupings then go through is small.
 */

/** What changed before the period has no bucket, and what stands at the end is all of it. */
export const STATUSES = `
  WITH days AS MATERIALIZED (
    SELECT d.day, ${DESK} AS desk, ${STATUS_SUMS}
    FROM read_models.report_day d ${threadsOf('d')} WHERE d.day <= $2::date GROUP BY 1, 2),
  r AS (SELECT *, CASE WHEN day >= $1::date THEN ${intervalOf('day', 'day')} END AS bucket FROM days)
  SELECT ${GROUP_COLUMNS}, 0 AS cases, ${STATUS_SUMS} FROM r ${ALL_INTERVAL_DESK}`;

/** Of changes what stood at the end of each interval, whether anything changed in it or not. */
export function standing(rows: readonly ReportRow[], frame: ReportFrame): readonly StatusRow[] {
  const changes = new Map(rows.filter((row) => row['by'] === 'interval').map((row) => [row['key'] ?? null, row]));
  const soFar = new Map<string, number>();
  const add = (row: ReportRow | undefined) => {
    for (const name of STATUS_COLUMNS) soFar.set(name, (soFar.get(name) ?? 0) + Number(row?.[name] ?? 0));
  };
  add(changes.get(null));
  const stood = intervalStarts(frame).map((start) => {
    add(changes.get(start));
    return statusRow({ by: 'interval', key: start, label: start, ...Object.fromEntries(soFar) });
  });
  return [...rows.filter((row) => row['by'] !== 'interval').map(statusRow), ...stood];
}

function statusRow(row: ReportRow): StatusRow {
  const counts = <Status extends string>(prefix: string, statuses: readonly Status[]) =>
    Object.fromEntries(statuses.map((status) => [status, Number(row[`${prefix}_${status}`] ?? 0)])) as Record<
      Status,
      number
    >;
  const claims = counts('claim', CLAIM_STATUSES);
  const cases = Object.values(claims).reduce((sum, n) => sum + n, 0);
  return { ...groupOf(row), cases, claims, threads: counts('thread', THREAD_STATUSES) };
}

/** Of the attributions recorded (`cases`), those that repeat what their speaker had said; net of those that no longer do. */
export interface EchoesRow extends ReportGroup {
  readonly echoes: number;
}

export const ECHOES = `
  WITH days AS MATERIALIZED (
    SELECT d.day, ${DESK} AS desk, sum(d.attributions) AS attributions, sum(d.echoes) AS echoes
    FROM read_models.report_day d ${threadsOf('d')} WHERE d.day BETWEEN $1::date AND $2::date GROUP BY 1, 2),
  r AS (SELECT *, ${intervalOf('day', 'day')} AS bucket FROM days)
  SELECT ${GROUP_COLUMNS}, coalesce(sum(attributions), 0)::integer AS cases, coalesce(sum(echoes), 0)::integer AS echoes
  FROM r ${ALL_INTERVAL_DESK}`;

type WorkCounts = Readonly<Record<'threadsOpened' | 'claimsOpened' | 'attributions' | 'takeBacks', number>> &
  Readonly<Record<'rulings' | 'otherThreadEvents' | 'sourceEvents' | 'imported', number>>;

/** Events (`cases`), by what they are. */
export interface ThroughputRow extends ReportGroup, WorkCounts {}

const WORK_NAMES = WORK_COUNTS.map((name) => `"${camel(name)}"`).join();
const WORK_FIGURES = `${WORK_COUNTS.map((name) => `coalesce(sum(${name}), 0)::integer AS "${camel(name)}"`).join()},
  coalesce(sum(${WORK_COUNTS.join(' + ')}), 0)::integer AS cases`;

/**
 * In one pass over what each actor did in each stream a day. Events of sources stand at no desk: they count where neither
 * desk nor topic is asked for. Actors go under the name that each had last.
 */
export const THROUGHPUT = `
  WITH r AS (
    SELECT ${intervalOf('w.day', 'day')} AS bucket, ${DESK} AS desk, w.actor_id, ${WORK_COUNTS.map((name) => `w.${name}`).join()}
    FROM read_models.report_work w LEFT JOIN read_models.report_thread t ON t.thread_id = w.stream_id
    WHERE w.day BETWEEN $1::date AND $2::date
      AND ($4::text IS NULL OR t.desk = $4) AND ($5::text IS NULL OR t.topics @> ARRAY[$5::text])),
  figures AS MATERIALIZED (
    SELECT ${GROUP_COLUMNS}, actor_id, grouping(actor_id) = 0 AS by_actor, ${WORK_FIGURES}
    FROM r GROUP BY GROUPING SETS ((), (bucket), (desk), (actor_id)))
  SELECT * FROM (
    SELECT by, key, label, ${WORK_NAMES}, cases FROM figures WHERE NOT by_actor
    UNION ALL
    (SELECT 'actor', actor_id, named.label, ${WORK_NAMES}, cases
     FROM (SELECT * FROM figures WHERE by_actor ORDER BY cases DESC, actor_id LIMIT 500) actors
     CROSS JOIN LATERAL (
       SELECT actor_name AS label FROM read_models.report_work w
       WHERE w.actor_id = actors.actor_id ORDER BY w.day DESC, w.stream_id LIMIT 1) named)) rows`;

export function throughputRow(row: ReportRow): ThroughputRow {
  const counts = Object.fromEntries(WORK_COUNTS.map((name) => [camel(name), Number(row[camel(name)])]));
  return { ...groupOf(row), ...(counts as WorkCounts) };
}

function camel(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

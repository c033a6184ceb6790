/** What a report looks at. Days are UTC days, both included. */
export interface ReportFrame {
  /** `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly interval: ReportInterval;
  /** Of the thread, as it is now. Null: all. */
  readonly desk: string | null;
  readonly topic: string | null;
}

export const REPORT_INTERVALS = ['day', 'week', 'month'] as const;
export type ReportInterval = (typeof REPORT_INTERVALS)[number];

/** What the figures of a row are about. */
export interface ReportGroup {
  readonly by: 'all' | 'interval' | 'desk' | 'source' | 'actor' | 'age' | 'batch';
  /** Of an interval its first day, of a source or batch its id; null for all, and for what has none. */
  readonly key: string | null;
  /** What people call it. */
  readonly label: string | null;
  /** What the figures rest on. */
  readonly cases: number;
}

/** In seconds; null where there are no cases. */
export interface Durations {
  readonly cases: number;
  readonly p25: number | null;
  readonly median: number | null;
  readonly p75: number | null;
  readonly p90: number | null;
}

/** Parameters $1 to $5 of every statement here; $3: the first days of all intervals. */
export function frameValues(frame: ReportFrame): readonly (string | readonly string[] | null)[] {
  const { from, to, desk, topic } = frame;
  return [from, to, intervalStarts(frame), desk, topic];
}

/** Within the period, where `column` is a moment. */
export function within(column: string): string {
  return `${column} >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND ${column} < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'`;
}

/** The number, from 1, of the interval that a moment or day falls in: to find it costs a third of what date_trunc does. */
export function intervalOf(column: string, type: 'moment' | 'day' = 'moment'): string {
  return type === 'day'
    ? `width_bucket(${column}, $3::date[])`
    : `width_bucket(${column} AT TIME ZONE 'UTC', ($3::date[])::timestamp[])`;
}

/** The first days of all intervals of the period. The first may begin before it. */
export function intervalStarts({ from, to, interval }: ReportFrame): readonly string[] {
  const day = new Date(`${from}T00:00:00.000Z`);
  if (interval === 'month') day.setUTCDate(1);
  if (interval === 'week') day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  const starts: string[] = [];
  for (let start = dayOf(day); start <= to; start = dayOf(day)) {
    starts.push(start);
    if (interval === 'month') day.setUTCMonth(day.getUTCMonth() + 1);
    else day.setUTCDate(day.getUTCDate() + (interval === 'week' ? 7 : 1));
  }
  return starts;
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** To be joined to rows that have a `thread_id`. A thread that no read model has yet is left out. */
export function threadsOf(alias: string, column = 'thread_id'): string {
  return `JOIN read_models.report_thread t ON t.thread_id = ${alias}.${column}
    AND ($4::text IS NULL OR t.desk = $4) AND ($5::text IS NULL OR t.topics @> ARRAY[$5::text])`;
}

/** Compared byte by byte: sorting by a language would take most of the time of a report. */
export const DESK = `t.desk COLLATE "C"`;

/** For everything, each interval and each desk at once; `rows` has `bucket` and `desk`. */
export const ALL_INTERVAL_DESK = `GROUP BY GROUPING SETS ((), (bucket), (desk))`;
const GROUP_KEY = `CASE WHEN grouping(bucket) = 0 THEN ($3::date[])[bucket]::text WHEN grouping(desk) = 0 THEN desk END`;
export const GROUP_COLUMNS = `
  CASE WHEN grouping(bucket) = 0 THEN 'interval' WHEN grouping(desk) = 0 THEN 'desk' ELSE 'all' END AS by,
  ${GROUP_KEY} AS key, ${GROUP_KEY} AS label`;

/** Those with the most cases. */
const MOST_SOURCES = 500;
/** For each source, of rows `r` that have `source_id`. Names are joined to the figures: rows would be sorted by them. */
export function bySource(figures: string, names: readonly string[]): string {
  return `SELECT 'source' AS by, f.source_id::text AS key, coalesce(s.name, s.key) AS label,
      ${names.map((name) => `f."${name}"`).join()}
    FROM (SELECT source_id, ${figures} FROM r GROUP BY source_id ORDER BY cases DESC, source_id LIMIT ${MOST_SOURCES}) f
    LEFT JOIN read_models.source s USING (source_id)`;
}

/** Of a column of seconds, as `name`; nulls are no cases. */
export function durationsOf(column: string, name: string): string {
  return `count(${column})::integer AS ${name}_cases,
    percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY ${column}) AS ${name}_at`;
}

/** The columns of them. */
export function durationNames(name: string): readonly string[] {
  return [`${name}_cases`, `${name}_at`];
}

export function durations(row: Readonly<Record<string, unknown>>, name: string): Durations {
  const [p25 = null, median = null, p75 = null, p90 = null] = (row[`${name}_at`] ?? []) as readonly (number | null)[];
  return { cases: Number(row[`${name}_cases`]), p25, median, p75, p90 };
}

export type ReportRow = Readonly<Record<string, unknown>>;

export function groupOf(row: ReportRow): ReportGroup {
  return {
    by: row['by'] as ReportGroup['by'],
    key: (row['key'] ?? null) as string | null,
    label: (row['label'] ?? null) as string | null,
    cases: Number(row['cases']),
  };
}

const ORDER: readonly ReportGroup['by'][] = ['all', 'interval', 'desk', 'source', 'actor', 'age', 'batch'];

/** All first, then intervals as time goes, then the others, those with the most cases first. */
export function inOrder<Row extends ReportGroup>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => {
    if (a.by !== b.by) return ORDER.indexOf(a.by) - ORDER.indexOf(b.by);
    const byKey = (a.key ?? '') < (b.key ?? '') ? -1 : 1;
    return a.by === 'interval' ? byKey : b.cases - a.cases || byKey;
  });
}

import type { Durations, ReportGroup } from '#read-models';

/** Fewer cases say little: rows that rest on fewer are marked. */
export const SMALL_BELOW = 5;

export type Marked<Row> = Row & { readonly small: boolean };

export function marked<Row extends ReportGroup | Durations>(row: Row): Marked<Row> {
  return { ...row, small: row.cases < SMALL_BELOW };
}

/** Of the cases; null where there are none. To four digits, as more would feign precision. */
export function share(part: number, cases: number): number | null {
  return cases === 0 ? null : Math.round((part / cases) * 10_000) / 10_000;
}

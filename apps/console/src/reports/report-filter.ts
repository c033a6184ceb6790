import type { ReportInterval } from '../api/types.js';
import { useAddress } from '../shell/use-address.js';

/** What the reports are asked for, as it stands in the address. '' leaves the choice to the API. */
export interface ReportFilter {
  /** UTC days. */
  readonly from: string;
  readonly to: string;
  readonly interval: ReportInterval;
  readonly desk: string;
  readonly topic: string;
}

/** Keyed, so that an interval that the API adds or drops stops this from compiling. */
const INTERVALS: Readonly<Record<ReportInterval, true>> = { day: true, week: true, month: true };
export const REPORT_INTERVALS = Object.keys(INTERVALS) as ReportInterval[];

export function useReportFilter(): [ReportFilter, (changed: Partial<ReportFilter>) => void] {
  const [address, change] = useAddress(['from', 'to', 'interval', 'desk', 'topic']);
  const interval = REPORT_INTERVALS.find((one) => one === address.interval) ?? 'week';
  return [{ ...address, interval }, change];
}

export function queryOf({ from, to, interval, desk, topic }: ReportFilter) {
  return {
    interval,
    ...(from !== '' && { from }),
    ...(to !== '' && { to }),
    ...(desk !== '' && { desk }),
    ...(topic !== '' && { topic }),
  };
}

/** Of reports that know no intervals. */
export function scopeOf(filter: ReportFilter) {
  const { interval: _, ...query } = queryOf(filter);
  return query;
}

/** The same figures as a table for a spreadsheet. */
export function csvAddress(name: string, query: ReturnType<typeof scopeOf>): string {
  return `/v1/reports/${name}?${new URLSearchParams({ ...query, format: 'csv' })}`;
}

import { useSearchParams } from 'wouter';
import type { ReportInterval } from '../api/types.js';

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
  const [parameters, setParameters] = useSearchParams();
  const text = (name: string) => parameters.get(name) ?? '';
  const interval = REPORT_INTERVALS.find((one) => one === text('interval')) ?? 'week';
  const filter = { from: text('from'), to: text('to'), interval, desk: text('desk'), topic: text('topic') };
  const change = (changed: Partial<ReportFilter>) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changed)) {
          if (value === '') after.delete(name);
          else after.set(name, value);
        }
        return after;
      },
      { replace: true },
    );
  return [filter, change];
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

import type { ReactNode } from 'react';
import type { XAxisTickContentProps } from 'recharts';
import type { ReportInterval } from '../../api/types.js';
import { withGaps } from './intervals.js';
import './charts.css';

/** What the rows of all charts have in common. */
export interface CasesRow {
  readonly key: string | null;
  readonly cases: number;
  readonly small?: boolean;
}

export interface ChartProps<Row extends CasesRow> {
  /** Of the intervals, in any order. */
  readonly rows: readonly Row[];
  readonly interval: ReportInterval;
}

/** One place on the axis of time. */
export interface Column<Row> {
  readonly day: string;
  /** Null: nothing of the kind happened then. */
  readonly row: Row | null;
}

interface FrameProps<Row extends CasesRow> extends ChartProps<Row> {
  /** What is drawn, and how it is read. */
  readonly caption: string;
  readonly legend?: ReactNode;
  readonly children: (columns: readonly Column<Row>[]) => ReactNode;
}

/** A picture beside a table: who cannot see it, or wants the numbers, has them there. */
export function ChartFrame<Row extends CasesRow>({ rows, interval, caption, legend, children }: FrameProps<Row>) {
  const columns = withGaps(rows, interval);
  if (columns === null) return <p className="hint">Too many intervals to draw. Choose longer ones.</p>;
  if (columns.length < 2) return null;
  return (
    <figure className="chart">
      <figcaption>{caption} Below each date: the number of cases. The table says the same in numbers.</figcaption>
      {legend}
      <div className="plot" aria-hidden="true">
        {children(columns)}
      </div>
    </figure>
  );
}

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const YEAR = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', timeZone: 'UTC' });

function dayText(day: string, interval: ReportInterval): string {
  return (interval === 'month' ? YEAR : DAY).format(new Date(day));
}

interface TickProps extends XAxisTickContentProps {
  readonly columns: readonly Column<CasesRow>[];
  readonly interval: ReportInterval;
}

/** A date, and below it how many cases stand above it. */
export function DayTick({ x, y, payload, columns, interval }: TickProps) {
  const day = String(payload.value);
  const cases = columns.find((column) => column.day === day)?.row?.cases ?? 0;
  return (
    <text x={x} y={y} textAnchor="middle">
      <tspan x={x} dy="0.9em">
        {dayText(day, interval)}
      </tspan>
      <tspan x={x} dy="1.2em">
        n = {cases}
      </tspan>
    </text>
  );
}

interface TipProps {
  readonly day: string;
  readonly interval: ReportInterval;
  readonly row: CasesRow | null;
  readonly children?: ReactNode;
}

/** What stands under the pointer, in words. */
export function Tip({ day, interval, row, children }: TipProps) {
  return (
    <div className="tip">
      <strong>{dayText(day, interval)}</strong> {row?.cases ?? 0} {row?.cases === 1 ? 'case' : 'cases'}
      {row?.small === true && row.cases > 0 && ', few'}
      {children}
    </div>
  );
}

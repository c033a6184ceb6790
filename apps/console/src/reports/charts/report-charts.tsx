import type { ReactNode } from 'react';
import {
  Bar,
  BarChart,
  CartesianGrid,
  ComposedChart,
  ErrorBar,
  LabelList,
  type LabelProps,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { ClaimStatus, Durations, ReportInterval } from '../../api/types.js';
import { spanText } from '../../moments/span.js';
import { StatusGlyph } from '../../status/status-glyph.js';
import { CLAIM_MEANINGS } from '../../status/status-meanings.js';
import { durationsText } from '../figures.js';
import { type CasesRow, ChartFrame, type ChartProps, type Column, DayTick, Tip } from './frame.js';
import { spanTicks } from './span-ticks.js';

const HEIGHT = 240;
const MARGIN = { top: 8, right: 16, bottom: 4, left: 4 };
const TICK = { fill: 'var(--quiet)' };
const GLYPH = 16;
const STATUSES = Object.keys(CLAIM_MEANINGS) as ClaimStatus[];

interface StatusRow extends CasesRow {
  readonly claims: Readonly<Record<string, number>>;
}

/** Claims by where they stood, stacked: told apart by the shape of the status as well as by its colour. */
export function StatusChart({ rows, interval }: ChartProps<StatusRow>) {
  const shown = STATUSES.filter((status) => rows.some(({ claims }) => (claims[status] ?? 0) > 0));
  return (
    <ChartFrame
      rows={rows}
      interval={interval}
      caption={`Claims by status, at the end of each ${interval}.`}
      legend={
        <ul className="legend">
          {shown.map((status) => (
            <li key={status} className={`tone-${status}`}>
              <StatusGlyph status={status} /> {CLAIM_MEANINGS[status].word}
            </li>
          ))}
        </ul>
      }
    >
      {(columns) => (
        <ResponsiveContainer width="100%" height={HEIGHT}>
          <BarChart data={[...columns]} margin={MARGIN} accessibilityLayer={false} barCategoryGap="12%">
            <CartesianGrid vertical={false} />
            {dayAxis(columns, interval)}
            <YAxis allowDecimals={false} width={44} tick={TICK} />
            {rowTooltip(columns, interval, (row) => (
              <ul>
                {shown.map((status) => (
                  <li key={status} className={`tone-${status}`}>
                    <StatusGlyph status={status} /> {row?.claims[status] ?? 0} {CLAIM_MEANINGS[status].word}
                  </li>
                ))}
              </ul>
            ))}
            {shown.map((status) => (
              <Bar
                key={status}
                stackId="claims"
                className={`tone-${status}`}
                dataKey={({ row }: Column<StatusRow>) => row?.claims[status] ?? 0}
                fill="var(--tone)"
                isAnimationActive={false}
              >
                <LabelList content={(props) => <GlyphInBar {...props} status={status} />} />
              </Bar>
            ))}
          </BarChart>
        </ResponsiveContainer>
      )}
    </ChartFrame>
  );
}

/** Where it has room. */
function GlyphInBar({ x, y, width, height, status }: LabelProps & { readonly status: ClaimStatus }) {
  const [left, top, wide, high] = [Number(x), Number(y), Number(width), Number(height)];
  if (!(wide > GLYPH + 2 && high > GLYPH + 2)) return null;
  return (
    <g className="in-bar" transform={`translate(${left + (wide - GLYPH) / 2} ${top + (high - GLYPH) / 2})`}>
      <StatusGlyph status={status} />
    </g>
  );
}

interface ThroughputRow extends CasesRow {
  readonly imported: number;
}

/** Events, those that came with imports hatched. */
export function ThroughputChart({ rows, interval }: ChartProps<ThroughputRow>) {
  const byHand = ({ row }: Column<ThroughputRow>) => (row === null ? 0 : row.cases - row.imported);
  return (
    <ChartFrame
      rows={rows}
      interval={interval}
      caption={`Events recorded in each ${interval}: filled by hand or by a tool, hatched with an import.`}
    >
      {(columns) => (
        <ResponsiveContainer width="100%" height={HEIGHT}>
          <BarChart data={[...columns]} margin={MARGIN} accessibilityLayer={false} barCategoryGap="12%">
            <defs>
              <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="2" height="6" className="hatch" />
              </pattern>
            </defs>
            <CartesianGrid vertical={false} />
            {dayAxis(columns, interval)}
            <YAxis allowDecimals={false} width={44} tick={TICK} />
            {rowTooltip(columns, interval, (row) => (
              <>
                <br />
                {row?.imported ?? 0} of them with an import
              </>
            ))}
            <Bar stackId="events" dataKey={byHand} fill="var(--accent)" isAnimationActive={false} />
            <Bar
              stackId="events"
              className="imported"
              dataKey={({ row }: Column<ThroughputRow>) => row?.imported ?? 0}
              fill="url(#hatch)"
              isAnimationActive={false}
            />
          </BarChart>
        </ResponsiveContainer>
      )}
    </ChartFrame>
  );
}

interface DurationsRow extends CasesRow {
  readonly recorded: Durations;
}

interface DurationsChartProps extends ChartProps<DurationsRow> {
  /** What took so long, as a sentence begins. */
  readonly what: string;
}

/** Medians, with the quarters around them; hollow where the cases are few. */
export function DurationsChart({ rows, interval, what }: DurationsChartProps) {
  const ticks = spanTicks(Math.max(0, ...rows.map(({ recorded }) => recorded.p75 ?? 0)));
  return (
    <ChartFrame
      rows={rows}
      interval={interval}
      caption={`${what}, by our record: the median of each ${interval} with the two middle quarters of its cases, hollow where the cases are few.`}
    >
      {(columns) => (
        <ResponsiveContainer width="100%" height={HEIGHT}>
          <ComposedChart data={[...columns]} margin={MARGIN} accessibilityLayer={false}>
            <CartesianGrid vertical={false} />
            {dayAxis(columns, interval, { left: 24, right: 24 })}
            <YAxis
              width={56}
              ticks={[...ticks]}
              domain={[0, ticks.at(-1) ?? 0]}
              tick={TICK}
              tickFormatter={(seconds: number) => spanText(seconds)}
            />
            {rowTooltip(columns, interval, (row) => (
              <>
                <br />
                {row !== null && durationsText(row.recorded)}
              </>
            ))}
            <Line
              dataKey={({ row }: Column<DurationsRow>) => row?.recorded.median ?? null}
              stroke="var(--accent)"
              isAnimationActive={false}
              activeDot={false}
              dot={({ key, cx, cy, payload }) => <MedianDot key={key} cx={cx} cy={cy} column={payload} />}
            >
              <ErrorBar
                dataKey={({ row }: Column<DurationsRow>) => quartersAround(row?.recorded)}
                stroke="var(--strong-line)"
                width={6}
              />
            </Line>
          </ComposedChart>
        </ResponsiveContainer>
      )}
    </ChartFrame>
  );
}

interface DotProps {
  readonly cx: number | undefined;
  readonly cy: number | undefined;
  readonly column: Column<DurationsRow>;
}

function MedianDot({ cx, cy, column: { row } }: DotProps) {
  if (cx === undefined || cy === undefined || row === null || row.recorded.median === null) return null;
  return <circle cx={cx} cy={cy} r={4.5} className={row.recorded.small ? 'median few' : 'median'} />;
}

/** How far the quarters are from the median, down and up. */
function quartersAround(durations: Durations | undefined): [number, number] {
  const { p25, median, p75 } = durations ?? { p25: null, median: null, p75: null };
  return median === null ? [0, 0] : [median - (p25 ?? median), (p75 ?? median) - median];
}

/** Elements, not components: what a chart is made of. */
function dayAxis<Row extends CasesRow>(
  columns: readonly Column<Row>[],
  interval: ReportInterval,
  padding?: { readonly left: number; readonly right: number },
) {
  return (
    <XAxis
      dataKey="day"
      height={40}
      minTickGap={12}
      {...(padding && { padding })}
      tick={(props) => <DayTick {...props} columns={columns} interval={interval} />}
    />
  );
}

function rowTooltip<Row extends CasesRow>(
  columns: readonly Column<Row>[],
  interval: ReportInterval,
  figures: (row: Row | null) => ReactNode,
) {
  return (
    <Tooltip
      isAnimationActive={false}
      content={({ label }) => {
        // It is drawn, unseen, before the pointer has been anywhere.
        if (label === undefined) return null;
        const row = columns.find(({ day }) => day === label)?.row ?? null;
        return (
          <Tip day={String(label)} interval={interval} row={row}>
            {figures(row)}
          </Tip>
        );
      }}
    />
  );
}

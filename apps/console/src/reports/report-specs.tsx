import { lazy, type ReactNode } from 'react';
import { answer, api } from '../api/client.js';
import type { ReportInterval, ReportRow } from '../api/types.js';
import { spanText } from '../moments/span.js';
import { durationsText, shareText } from './figures.js';
import { queryOf, type ReportFilter, scopeOf } from './report-filter.js';
import { StatusCounts } from './status-counts.js';

export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => ReactNode;
  /** It holds a sentence, not a figure. */
  readonly wide?: true;
}

export interface Figures<Row> {
  readonly rows: readonly Row[];
  /** What a desk or topic leaves out, in words, where the report says so. */
  readonly leftOut: string | null;
}

/** One report: what it is called, what it answers, and what its rows show. */
export interface ReportSpec<Row extends ReportRow> {
  /** As in the address of the API. */
  readonly name: string;
  readonly title: string;
  readonly asks: string;
  /** What a case is. */
  readonly cases: string;
  readonly needs: 'editor' | 'admin';
  readonly withoutIntervals?: true;
  readonly figures: (filter: ReportFilter, signal: AbortSignal) => Promise<Figures<Row>>;
  readonly columns: readonly Column<Row>[];
  /** Drawn as a bar beside each row; null: nothing to draw. */
  readonly bar: (row: Row) => number | null;
  /** Of the rows of its intervals. */
  readonly chart?: (rows: readonly Row[], interval: ReportInterval) => ReactNode;
}

// The library that draws them is fetched with the first chart.
const charts = () => import('./charts/report-charts.js');
const StatusChart = lazy(async () => ({ default: (await charts()).StatusChart }));
const DurationsChart = lazy(async () => ({ default: (await charts()).DurationsChart }));
const ThroughputChart = lazy(async () => ({ default: (await charts()).ThroughputChart }));

/** Of an answer that was asked for as JSON. */
async function figuresOf<Row>(
  call: Promise<{ readonly rows: readonly Row[]; readonly leftOut?: string | null } | string>,
): Promise<Figures<Row>> {
  const report = await call;
  if (typeof report === 'string') throw new Error('The report was asked for as JSON and came as text.');
  return { rows: report.rows, leftOut: report.leftOut ?? null };
}

function spec<Row extends ReportRow>(report: ReportSpec<Row>): ReportSpec<Row> {
  return report;
}

export const STATUS = spec({
  name: 'status',
  title: 'Statuses',
  asks: 'How many claims and threads stand where, now and over time?',
  cases: 'claims',
  needs: 'editor',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/status', { params: { query: queryOf(filter) }, signal }))),
  columns: [
    { label: 'Claims', cell: ({ claims }) => <StatusCounts counts={claims} /> },
    { label: 'Threads', cell: ({ threads }) => <StatusCounts counts={threads} /> },
  ],
  bar: () => null,
  chart: (rows, interval) => <StatusChart rows={rows} interval={interval} />,
});

export const SECOND_SOURCE = spec({
  name: 'second-source',
  title: 'Time to a second source',
  asks: 'How long do claims wait for a second firm voice?',
  cases: 'claims with two',
  needs: 'editor',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/second-source', { params: { query: queryOf(filter) }, signal }))),
  columns: [
    { label: 'Median, by our record', cell: ({ recorded }) => durationsText(recorded), wide: true },
    { label: 'Median, as said', cell: ({ stated }) => durationsText(stated), wide: true },
    { label: 'Still waiting', cell: ({ waiting }) => waiting },
  ],
  bar: ({ recorded }) => recorded.median,
  chart: (rows, interval) => <DurationsChart rows={rows} interval={interval} what="Time to a second source" />,
});

export const SETTLING = spec({
  name: 'settling',
  title: 'Time to confirm or deny',
  asks: 'How long until a claim is confirmed or denied?',
  cases: 'claims settled',
  needs: 'editor',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/settling', { params: { query: queryOf(filter) }, signal }))),
  columns: [
    { label: 'Confirmed', cell: ({ confirmed }) => confirmed },
    { label: 'Denied', cell: ({ denied }) => denied },
    { label: 'Median, by our record', cell: ({ recorded }) => durationsText(recorded), wide: true },
    { label: 'Median, as said', cell: ({ stated }) => durationsText(stated), wide: true },
  ],
  bar: ({ recorded }) => recorded.median,
  chart: (rows, interval) => <DurationsChart rows={rows} interval={interval} what="Time to confirm or deny" />,
});

export const REVERSALS = spec({
  name: 'reversals',
  title: 'Reversals',
  asks: 'How often does what we showed as confirmed fall?',
  cases: 'claims confirmed',
  needs: 'editor',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/reversals', { params: { query: queryOf(filter) }, signal }))),
  columns: [
    { label: 'Fallen', cell: ({ fallen }) => fallen },
    { label: 'Of them by our slip', cell: ({ fallenByVoid }) => fallenByVoid },
    { label: 'Rate', cell: ({ rate }) => shareText(rate) },
  ],
  bar: ({ rate }) => rate,
});

export const DENIALS = spec({
  name: 'denials',
  title: 'Denials and what came of them',
  asks: 'Whose denials did others later confirm away?',
  cases: 'claims denied',
  needs: 'editor',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/denials', { params: { query: queryOf(filter) }, signal }))),
  columns: [
    { label: 'Later confirmed by others', cell: ({ laterConfirmed }) => laterConfirmed },
    { label: 'Rate', cell: ({ rate }) => shareText(rate) },
  ],
  bar: ({ rate }) => rate,
});

export const TAKE_BACKS = spec({
  name: 'take-backs',
  title: 'Retractions and corrections',
  asks: 'What was taken back, and how long had it stood?',
  cases: 'taken back',
  needs: 'editor',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/take-backs', { params: { query: queryOf(filter) }, signal }))),
  columns: [
    { label: 'Retracted', cell: ({ retracted }) => retracted },
    { label: 'Corrected', cell: ({ corrected }) => corrected },
    { label: 'Voided', cell: ({ voided }) => voided },
    { label: 'Voided with imports', cell: ({ voidedByImport }) => voidedByImport },
    { label: 'Median time that it stood', cell: ({ recorded }) => durationsText(recorded), wide: true },
  ],
  bar: ({ cases }) => cases,
});

export const ECHOES = spec({
  name: 'echoes',
  title: 'Echoes',
  asks: 'How much only repeats what a speaker had said?',
  cases: 'attributions',
  needs: 'editor',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/echoes', { params: { query: queryOf(filter) }, signal }))),
  columns: [
    { label: 'Echoes', cell: ({ echoes }) => echoes },
    { label: 'Share', cell: ({ share }) => shareText(share) },
  ],
  bar: ({ share }) => share,
});

export const OPEN_QUESTIONS = spec({
  name: 'open-questions',
  title: 'Open questions',
  asks: 'What has nobody settled, and for how long?',
  cases: 'claims',
  needs: 'editor',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/open-questions', { params: { query: queryOf(filter) }, signal }))),
  columns: [{ label: 'Median age', cell: ({ age }) => durationsText(age), wide: true }],
  bar: ({ cases }) => cases,
});

export const REFUSALS = spec({
  name: 'refusals',
  title: 'Refusals to comment',
  asks: 'Who declines to comment, and how often?',
  cases: 'refusals',
  needs: 'editor',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/refusals', { params: { query: queryOf(filter) }, signal }))),
  columns: [{ label: 'Different claims', cell: ({ claims }) => claims }],
  bar: ({ cases }) => cases,
});

export const THROUGHPUT = spec({
  name: 'throughput',
  title: 'Throughput',
  asks: 'What was recorded, at which desk and by whom?',
  cases: 'events',
  needs: 'admin',
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/throughput', { params: { query: queryOf(filter) }, signal }))),
  columns: [
    { label: 'Threads', cell: ({ threadsOpened }) => threadsOpened },
    { label: 'Claims', cell: ({ claimsOpened }) => claimsOpened },
    { label: 'Words', cell: ({ attributions }) => attributions },
    { label: 'Taken back', cell: ({ takeBacks }) => takeBacks },
    { label: 'Rulings', cell: ({ rulings }) => rulings },
    { label: 'Sources', cell: ({ sourceEvents }) => sourceEvents },
    { label: 'Imported', cell: ({ imported }) => imported },
  ],
  bar: ({ cases }) => cases,
  chart: (rows, interval) => <ThroughputChart rows={rows} interval={interval} />,
});

export const IMPORTS = spec({
  name: 'imports',
  title: 'Imports',
  asks: 'Which files came in, and what became of their rows?',
  cases: 'rows',
  needs: 'editor',
  withoutIntervals: true,
  figures: (filter, signal) =>
    figuresOf(answer(api.GET('/v1/reports/imports', { params: { query: scopeOf(filter) }, signal }))),
  columns: [
    { label: 'Taken', cell: ({ taken }) => taken },
    { label: 'Threads', cell: ({ threads }) => threads },
    { label: 'Words', cell: ({ attributions }) => attributions },
    { label: 'There before', cell: ({ duplicate }) => duplicate },
    { label: 'Refused', cell: ({ refused }) => refused },
    { label: 'Voided', cell: ({ voided }) => voided },
    { label: 'Took', cell: ({ seconds }) => spanText(seconds) },
  ],
  bar: ({ cases }) => cases,
});

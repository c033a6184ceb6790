import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import type { ReportRow } from '../api/types.js';
import { useMay } from '../session/session.js';
import { ScrollTable } from '../shell/scroll-table.js';
import { LeftOut } from './left-out.js';
import { csvAddress, queryOf, type ReportFilter, scopeOf } from './report-filter.js';
import type { ReportSpec } from './report-specs.js';

interface SectionProps<Row extends ReportRow> {
  readonly spec: ReportSpec<Row>;
  readonly filter: ReportFilter;
}

const GROUPS: Readonly<Record<ReportRow['by'], string>> = {
  all: 'All',
  interval: 'Over time',
  desk: 'By desk',
  source: 'By source',
  actor: 'By who did it',
  age: 'By age',
  batch: 'By import',
};

/** The figures of one report: all, over time, and by what they can be told apart. */
export function ReportSection<Row extends ReportRow>({ spec, filter }: SectionProps<Row>) {
  const may = useMay(spec.needs);
  const { data, error } = useQuery({
    queryKey: ['report', spec.name, filter],
    queryFn: async ({ signal }) => ({ ...(await spec.figures(filter, signal)), interval: filter.interval }),
    placeholderData: (before) => before,
    enabled: may,
  });
  if (!may) return null;
  const id = `report-${spec.name}`;
  return (
    <section className="report" aria-labelledby={id}>
      <header>
        <div>
          <h2 id={id}>{spec.title}</h2>
          <p className="hint">{spec.asks}</p>
        </div>
        <a
          className="no-print"
          href={csvAddress(spec.name, spec.withoutIntervals ? scopeOf(filter) : queryOf(filter))}
          download
        >
          {spec.title} as CSV
        </a>
      </header>
      {error !== null && (
        <p className="refusal" role="alert">
          {error.message}
        </p>
      )}
      {data === undefined && error === null && <p className="hint">Counting …</p>}
      {data !== undefined && spec.chart !== undefined && (
        <Suspense fallback={<p className="hint">Drawing …</p>}>
          {spec.chart(
            data.rows.filter(({ by }) => by === 'interval'),
            data.interval,
          )}
        </Suspense>
      )}
      {data !== undefined && <ReportTable spec={spec} rows={data.rows} />}
      <LeftOut text={data?.leftOut} />
    </section>
  );
}

function ReportTable<Row extends ReportRow>({
  spec,
  rows,
}: {
  readonly spec: ReportSpec<Row>;
  readonly rows: readonly Row[];
}) {
  const groups = (Object.keys(GROUPS) as ReportRow['by'][]).flatMap((by) => {
    const own = rows.filter((row) => row.by === by);
    return own.length === 0 ? [] : [{ by, own, most: Math.max(...own.map((row) => spec.bar(row) ?? 0)) }];
  });
  return (
    <ScrollTable label={spec.title}>
      <thead>
        <tr>
          <td />
          <th scope="col" className="number">
            Cases: {spec.cases}
          </th>
          {spec.columns.map(({ label }) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      {groups.map(({ by, own, most }) => (
        <tbody key={by}>
          {by !== 'all' && (
            <tr>
              <th scope="rowgroup" colSpan={spec.columns.length + 2} className="group">
                {GROUPS[by]}
              </th>
            </tr>
          )}
          {own.map((row) => (
            <tr key={row.key ?? ''} className={by === 'all' ? 'all' : ''}>
              <th scope="row">
                {row.label?.replaceAll('_', ' ') ?? row.key ?? (by === 'all' ? 'All' : 'None')}
                <Bar value={spec.bar(row)} most={by === 'all' ? 0 : most} />
              </th>
              <td className="number">
                {row.cases}
                {row.small && row.cases > 0 && <span className="tag">few</span>}
              </td>
              {spec.columns.map(({ label, cell, wide }) => (
                <td key={label} className={wide ? 'wide' : ''}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      ))}
    </ScrollTable>
  );
}

/** The value beside the largest of its group; the number itself stands in the row. */
function Bar({ value, most }: { readonly value: number | null; readonly most: number }) {
  if (value === null || most === 0) return null;
  return <span className="bar" aria-hidden="true" style={{ width: `${(100 * value) / most}%` }} />;
}

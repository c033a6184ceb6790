import { useInfiniteQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import { Moment } from '../moments/moment.js';
import { useMay } from '../session/session.js';
import { ScrollTable } from '../shell/scroll-table.js';
import { LeftOut } from './left-out.js';
import { csvAddress, type ReportFilter, scopeOf } from './report-filter.js';

/** Who did what only few may: ruled, voided, merged, made and revoked keys, exported evidence. */
export function AccessSection({ filter }: { readonly filter: ReportFilter }) {
  const isAdmin = useMay('admin');
  const scope = scopeOf(filter);
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['report', 'access', scope],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...scope, ...pageParam, limit: 20 };
      const page = await answer(api.GET('/v1/reports/access', { params: { query }, signal }));
      if (typeof page === 'string') throw new Error('The report was asked for as JSON and came as text.');
      return page;
    },
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === null ? undefined : { cursor: next }),
    select: ({ pages }) => ({
      lines: pages.flatMap(({ items }) => items),
      leftOut: pages[0]?.leftOut ?? null,
    }),
    enabled: isAdmin,
  });
  if (!isAdmin) return null;
  return (
    <section className="report" aria-labelledby="report-access">
      <header>
        <div>
          <h2 id="report-access">Access and administration</h2>
          <p className="hint">Who ruled, voided, merged, made or revoked keys, and exported evidence?</p>
        </div>
        <a className="no-print" href={csvAddress('access', scope)} download>
          Access and administration as CSV
        </a>
      </header>
      {error !== null && (
        <p className="refusal" role="alert">
          {error.message}
        </p>
      )}
      {data?.lines.length === 0 && <p className="hint">Nothing of the kind in this period.</p>}
      {data !== undefined && data.lines.length > 0 && (
        <ScrollTable label="Access and administration">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
              <th scope="col">Of what</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {data.lines.map(({ id, at, actorName, action, subject, reason }) => (
              <tr key={id}>
                <td>
                  <Moment at={at} />
                </td>
                <td>{actorName}</td>
                <td>{action}</td>
                <td>
                  <code>{subject}</code>
                </td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
      {hasNextPage && (
        <p>
          <button type="button" onClick={() => void fetchNextPage()}>
            More entries
          </button>
        </p>
      )}
      <LeftOut text={data?.leftOut} />
    </section>
  );
}

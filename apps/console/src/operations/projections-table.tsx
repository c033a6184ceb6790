import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import type { Projection } from '../api/types.js';
import { Ago } from '../moments/moment.js';
import { ScrollTable } from '../shell/scroll-table.js';
import { Fault } from './fault.js';
import { Sign } from './sign.js';

const LOOK_EVERY_MS = 3_000;

/** Where each read model is, how fast it goes and what it waits for. */
export function ProjectionsTable() {
  const { data, error } = useQuery({
    queryKey: ['projections'],
    queryFn: ({ signal }) => answer(api.GET('/v1/projections', { signal })),
    refetchInterval: LOOK_EVERY_MS,
  });
  return (
    <section aria-labelledby="projections">
      <h2 id="projections">Read models</h2>
      {error !== null && <Fault text={error.message} />}
      <ScrollTable label="Read models">
        <thead>
          <tr>
            <th scope="col">Projection</th>
            <th scope="col">State</th>
            <th scope="col">At, of {data?.head ?? '…'}</th>
            <th scope="col">Behind by</th>
            <th scope="col">Events a second</th>
            <th scope="col">Parked, waiting</th>
            <th scope="col">Moved</th>
          </tr>
        </thead>
        <tbody>
          {data?.projections.map((projection) => (
            <ProjectionRow key={projection.projection} projection={projection} />
          ))}
        </tbody>
      </ScrollTable>
      <p className="hint">
        A read model is computed again from the log with <code>npx storyledger projections rebuild NAME</code>.
      </p>
    </section>
  );
}

function ProjectionRow({ projection }: { readonly projection: Projection }) {
  const {
    projection: name,
    version,
    state,
    position,
    lag,
    eventsPerSecond,
    parked,
    waiting,
    updatedAt,
    error,
  } = projection;
  return (
    <tr>
      <th scope="row">
        {name} <span className="hint">v{version}</span>
      </th>
      <td>
        <Sign ok={error === null && parked === 0} word={state.replaceAll('_', ' ')} />
        {error !== null && <pre>{error.message}</pre>}
      </td>
      <td>{position}</td>
      <td>{lag === 0 ? 'nothing' : lag}</td>
      <td>{eventsPerSecond === null ? '–' : Math.round(eventsPerSecond)}</td>
      <td>
        {parked}, {waiting}
      </td>
      <td>{updatedAt === null ? 'never' : <Ago at={updatedAt} />}</td>
    </tr>
  );
}

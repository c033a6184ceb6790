import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client.js';
import type { Projection } from '../api/types.js';
import { Ago } from '../moments/moment.js';
import { Dialog } from '../shell/dialog.js';
import { ScrollTable } from '../shell/scroll-table.js';
import { Fault } from './fault.js';
import { AskForRebuild } from './rebuild-form.js';
import { RebuildProgress } from './rebuild-progress.js';
import { Sign } from './sign.js';

const LOOK_EVERY_MS = 3_000;
const LOOK_CLOSELY_EVERY_MS = 1_000;

/** Where each read model is, who runs it, what it waits for, and how far its rebuild is. */
export function ProjectionsTable() {
  const [asking, setAsking] = useState<Projection | null>(null);
  const { data, error } = useQuery({
    queryKey: ['projections'],
    queryFn: ({ signal }) => answer(api.GET('/v1/projections', { signal })),
    refetchInterval: ({ state }) =>
      state.data?.projections.some(isMoving) === true ? LOOK_CLOSELY_EVERY_MS : LOOK_EVERY_MS,
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
            <th scope="col">Run by</th>
            <th scope="col" className="no-print">
              <span className="visually-hidden">What can be done</span>
            </th>
          </tr>
        </thead>
        {data?.projections.map((projection) => (
          <ProjectionRows key={projection.projection} projection={projection} onRebuild={() => setAsking(projection)} />
        ))}
      </ScrollTable>
      <Dialog open={asking !== null} title="Compute a read model anew" onClose={() => setAsking(null)}>
        {asking !== null && <AskForRebuild projection={asking} onDone={() => setAsking(null)} />}
      </Dialog>
    </section>
  );
}

function isMoving({ rebuild }: Projection): boolean {
  return rebuild !== null && rebuild.state !== 'failed';
}

interface RowsProps {
  readonly projection: Projection;
  readonly onRebuild: () => void;
}

function ProjectionRows({ projection, onRebuild }: RowsProps) {
  const { projection: name, version, state, position, lag, eventsPerSecond, error, rebuild, leaseOwner } = projection;
  const { parked, waiting, updatedAt } = projection;
  return (
    <tbody className="projection">
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
        <td>{leaseOwner === null ? 'nobody now' : <Owner owner={leaseOwner} />}</td>
        <td className="no-print">
          {!isMoving(projection) && (
            <button type="button" className="quiet" onClick={onRebuild}>
              Rebuild <span className="visually-hidden">{name}</span>
            </button>
          )}
        </td>
      </tr>
      {rebuild !== null && (
        <tr className="rebuild">
          <td colSpan={9}>
            <RebuildProgress name={name} rebuild={rebuild} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** Host and process; what tells one start of it from another is of use only where the logs are. */
function Owner({ owner }: { readonly owner: string }) {
  return (
    <code title={owner} className="owner">
      {owner.split(':').slice(0, 2).join(':')}
    </code>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../api/client.js';
import type { Readiness } from '../api/types.js';
import { useMay } from '../session/session.js';
import { Waiting } from '../shell/waiting.js';
import { Fault } from './fault.js';
import { ParkedEvents } from './parked-events.js';
import { ProjectionsTable } from './projections-table.js';
import { Sign } from './sign.js';

const LOOK_EVERY_MS = 3_000;

/** The body says what is the matter when the process is not ready, too. */
async function readiness(signal: AbortSignal): Promise<Readiness> {
  const { data, error } = await api.GET('/health/ready', { signal });
  const body: unknown = data ?? error;
  if (typeof body === 'object' && body !== null && 'projections' in body) return body as Readiness;
  throw new Error('The server gives no account of itself.');
}

export function SystemPart() {
  const isAdmin = useMay('admin');
  const { data, error } = useQuery({
    queryKey: ['readiness'],
    queryFn: ({ signal }) => readiness(signal),
    refetchInterval: LOOK_EVERY_MS,
    retry: false,
  });
  if (data === undefined) return error === null ? <Waiting what="the state" /> : <Fault text={error.message} />;
  const { ready, draining, database, eventStore, projections } = data;
  const behind = projections.filter(({ ok }) => !ok).map(({ projection }) => projection);
  return (
    <>
      {error !== null && <Fault text="The server does not answer now; this is what it said last." />}
      <dl className="facts">
        <Fact name="Process">
          <Sign ok={ready} word={draining ? 'Shutting down' : ready ? 'Ready' : 'Not ready'} />
        </Fact>
        <Fact name="Database">
          <Sign ok={database.ok} word={database.ok ? 'Answers' : (database.detail ?? 'Does not answer')} />
        </Fact>
        <Fact name="Event store">
          <Sign ok={eventStore.ok} word={eventStore.ok ? 'Answers' : (eventStore.detail ?? 'Does not answer')} />
        </Fact>
        <Fact name="Last position in the log">{eventStore.head ?? 'none yet'}</Fact>
        <Fact name="Read models">
          <Sign ok={behind.length === 0} word={behind.length === 0 ? 'All go on' : `Not well: ${behind.join(', ')}`} />
        </Fact>
      </dl>
      {isAdmin && (
        <>
          <ProjectionsTable />
          <ParkedEvents />
        </>
      )}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

import type { EventStore } from '#event-store';
import { PostgresEventStore } from '#event-store/postgres';
import { type Config, openPool, StartupError } from '#platform';
import { type Metrics, ObservedEventStore, type Tracing } from '#telemetry';

/** The log: in KurrentDB with EVENT_STORE_URL, otherwise in the database. @throws StartupError that says what to do */
export async function openEventStore(
  config: Config,
  databaseUrl: string,
  name: string,
  { metrics, tracing }: { readonly metrics: Metrics; readonly tracing: Tracing | null },
): Promise<EventStore> {
  const store = await openStore(config, databaseUrl, name, metrics);
  return new ObservedEventStore(store, (append) => {
    const { events, startedAt, endedAt, result, error } = append;
    const seconds = (endedAt - startedAt) / 1_000;
    if (result === null) metrics.appends.failed(error, seconds);
    else metrics.appends.appended(events.length, seconds, result.deduplicated);
    tracing?.appended(append);
  });
}

async function openStore(config: Config, databaseUrl: string, name: string, metrics: Metrics): Promise<EventStore> {
  const { EVENT_STORE_URL } = config;
  if (EVENT_STORE_URL !== undefined) return openKurrentDb(EVENT_STORE_URL);
  const open = (use: string, max: number, pipeline = false) => {
    const applicationName = `storyledger ${name} ${use}`;
    const statementSeconds = config.DATABASE_STATEMENT_SECONDS;
    const pool = openPool({ url: databaseUrl, role: 'app', max, pipeline, applicationName, statementSeconds });
    metrics.watchPool(use, pool);
    return pool;
  };
  return new PostgresEventStore({
    appendPool: open('append', 1, true),
    readPool: open('read', 8),
    onBatch: (batch) => metrics.appends.committed(batch),
  });
}

/** Loaded only where it is used: it brings a native library, which not every platform has. */
async function openKurrentDb(url: string): Promise<EventStore> {
  const { KurrentDbEventStore, kurrentDbProblem } = await import('#event-store/kurrentdb');
  const problem = await kurrentDbProblem(url);
  if (problem !== null) throw new StartupError(`The event store of EVENT_STORE_URL ${problem}`);
  return new KurrentDbEventStore({ url });
}

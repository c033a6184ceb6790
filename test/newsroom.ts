import { Sources, Threads } from '#application';
import type { EventStore } from '#event-store';
import { PostgresEventStore } from '#event-store/postgres';
import { Imports } from '#imports';
import { NameReservations } from '#operations';
import { newId, openDataSource, openPool } from '#platform';
import { Proof } from '#proof';
import { PROJECTIONS, Projector, ReadModelQueries, ReadModelWaiter, readModelEntities } from '#read-models';
import { Replay } from '#replay';
import { createTestDatabase, type TestDatabase } from './setup/test-database.js';

export interface NewsroomParts {
  /** Its own when left out. */
  readonly database?: TestDatabase;
  /** Closed with the newsroom; in its database when left out. */
  readonly store?: EventStore;
}

/** A newsroom: the write side, a projector when asked for, and the read side. */
export async function openNewsroom(parts: NewsroomParts = {}) {
  const database = parts.database ?? (await createTestDatabase());
  const openPostgres = () => {
    const pool = (max: number, pipeline = false) =>
      openPool({ url: database.url, role: 'app', max, pipeline, applicationName: 'newsroom' });
    return new PostgresEventStore({ appendPool: pool(1, true), readPool: pool(4) });
  };
  const store: EventStore = parts.store ?? openPostgres();
  const names = new NameReservations(database.appPool);
  const sources = new Sources(store, names);
  const threads = new Threads(store, names, sources);
  const dataSource = await openDataSource(database.url, 'app', readModelEntities);
  const waiter = new ReadModelWaiter(database.appPool);
  const errors: unknown[] = [];
  const running: { readonly stop: AbortController; readonly done: Promise<void> }[] = [];
  return {
    database,
    store,
    names,
    sources,
    threads,
    imports: new Imports({
      pool: database.appPool,
      store,
      names,
      threads,
      sources,
      newId,
      now: () => new Date().toISOString(),
    }),
    proof: new Proof({ pool: database.appPool, store }),
    queries: new ReadModelQueries(dataSource),
    waiter,
    replay: new Replay(store),
    /** What projectors reported. */
    errors,
    startProjector(batchSize?: number) {
      const projector = new Projector({
        store,
        pool: database.appPool,
        projections: PROJECTIONS,
        onApplied: (position) => waiter.applied(position),
        onError: (error) => errors.push(error),
        ...(batchSize !== undefined && { batchSize }),
      });
      const stop = new AbortController();
      running.push({ stop, done: projector.run(stop.signal) });
    },
    /** Until the read models have everything that is in the log. */
    async settled() {
      const head = await store.head();
      if (!(await waiter.waitFor(head, 60_000))) throw new Error(`The read models did not reach ${head}: ${errors}`);
    },
    async close() {
      for (const { stop } of running) stop.abort();
      await Promise.all(running.map(({ done }) => done));
      await store.close();
      await dataSource.destroy();
      await database.drop();
    },
  };
}
export type Newsroom = Awaited<ReturnType<typeof openNewsroom>>;

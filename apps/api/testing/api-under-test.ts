import type { Type as Class } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { DataSource } from 'typeorm';
import { Sources, Threads } from '#application';
import type { EventStore } from '#event-store';
import { PostgresEventStore } from '#event-store/postgres';
import { Imports } from '#imports';
import {
  AccessLog,
  ApiKeys,
  IdempotencyAnswers,
  IdentityVault,
  NameReservations,
  parkingRecord,
  type Role,
  rebuildRecord,
  Sessions,
  SourceIdentities,
} from '#operations';
import { createLogger, type Logger, newId, openDataSource, openPool } from '#platform';
import { Proof } from '#proof';
import {
  ParkedEvents,
  PROJECTIONS,
  Projector,
  ReadModelQueries,
  ReadModelWaiter,
  Rebuilds,
  readModelEntities,
} from '#read-models';
import { Replay } from '#replay';
import { Metrics } from '#telemetry';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { type Api, type ApiParts, createApi } from '../bootstrap.js';

export interface ApiUnderTest {
  readonly app: NestFastifyApplication;
  readonly parts: ApiParts;
  readonly database: TestDatabase;
  /** Of sealed identities; without a key until a test gives it one. */
  readonly vault: IdentityVault;
  /** The secret of a key of the role. */
  secret(role: Role): Promise<string>;
  /** With a key of the role, or none. */
  inject(request: InjectOptions & { readonly as?: Role }): Promise<LightMyRequestResponse>;
  /** Keeps the read models up to date from now on, until it is closed. */
  project(): void;
  close(): Promise<void>;
}

/** The real API on a database of its own. */
export async function createApiUnderTest(
  options: {
    readonly controllers?: readonly Class<unknown>[];
    readonly idempotency?: { takeOverAfterMs?: number };
    readonly feedLimits?: ApiParts['feedLimits'];
    /** Closed with the API; in the database when left out. */
    readonly store?: EventStore;
    /** One that is silent when left out. */
    readonly logger?: Logger;
    readonly overloadLimits?: ApiParts['overloadLimits'];
  } = {},
): Promise<ApiUnderTest> {
  const database = await createTestDatabase();
  const { parts: opened, dataSource, vault } = await openParts(database, options);
  const { feedLimits, logger, overloadLimits } = options;
  const parts = {
    ...opened,
    ...(feedLimits !== undefined && { feedLimits }),
    ...(logger !== undefined && { logger }),
    ...(overloadLimits !== undefined && { overloadLimits }),
  };
  const api: Api = await (options.controllers === undefined ? createApi(parts) : createApi(parts, options.controllers));
  const secrets = new Map<Role, string>();
  const secret = async (role: Role): Promise<string> => {
    const known = secrets.get(role);
    if (known !== undefined) return known;
    const created = await parts.keys.create({ name: `test ${role}`, role, createdBy: 'system:test' });
    if (created.secret === null) throw new Error('a new key has a secret');
    secrets.set(role, created.secret);
    return created.secret;
  };
  const stop = new AbortController();
  let projecting = Promise.resolve();
  return {
    app: api.app,
    parts,
    database,
    vault,
    secret,
    async inject({ as, ...request }) {
      const authorization = as === undefined ? {} : { authorization: `Bearer ${await secret(as)}` };
      return api.app.inject({ ...request, headers: { ...authorization, ...request.headers } });
    },
    project() {
      const { store, pool, waiter } = parts;
      const onApplied = (position: bigint) => waiter.applied(position);
      projecting = new Projector({ store, pool, projections: PROJECTIONS, onApplied }).run(stop.signal);
    },
    async close() {
      stop.abort();
      await projecting;
      await api.close();
      await parts.keys.settle();
      await parts.store.close();
      await dataSource.destroy();
      await database.drop();
    },
  };
}

async function openParts(
  { url, appPool }: TestDatabase,
  { idempotency = {}, store: given }: { idempotency?: { takeOverAfterMs?: number }; store?: EventStore },
): Promise<{ parts: ApiParts; dataSource: DataSource; vault: IdentityVault }> {
  const open = (max: number, pipeline = false) =>
    openPool({ url, role: 'app', max, pipeline, applicationName: 'test store' });
  const store = given ?? new PostgresEventStore({ appendPool: open(1, true), readPool: open(2) });
  const dataSource = await openDataSource(url, 'app', readModelEntities);
  const names = new NameReservations(appPool);
  const sources = new Sources(store, names);
  const threads = new Threads(store, names, sources);
  const keys = new ApiKeys(appPool);
  const now = () => new Date().toISOString();
  const vault = new IdentityVault(appPool);
  return {
    dataSource,
    vault,
    parts: {
      pool: appPool,
      store,
      queries: new ReadModelQueries(dataSource),
      waiter: new ReadModelWaiter(appPool),
      replay: new Replay(store),
      parked: new ParkedEvents({ pool: appPool, store, record: parkingRecord(new AccessLog(appPool)) }),
      rebuilds: new Rebuilds(appPool, rebuildRecord(new AccessLog(appPool))),
      threads,
      sources,
      imports: new Imports({ pool: appPool, store, names, threads, sources, newId, now }),
      keys,
      sessions: new Sessions(appPool, keys, { rememberMs: 1 }),
      idempotency: new IdempotencyAnswers(appPool, idempotency),
      proof: new Proof({ pool: appPool, store }),
      identities: new SourceIdentities(sources, vault, new AccessLog(appPool)),
      logger: createLogger('fatal', 'test'),
      metrics: new Metrics(),
    },
  };
}

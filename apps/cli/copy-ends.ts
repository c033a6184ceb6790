import type { Pool } from 'pg';
import type { EventStore, LedgerCopyTarget } from '#event-store';
import { PostgresCopyTarget, PostgresEventStore } from '#event-store/postgres';
import { connectionProblem, eventStoreUrlProblem, migrate, openPool, StartupError } from '#platform';
import { allMigrations } from './migrations.js';

export interface CopySource {
  readonly store: EventStore;
  close(): Promise<void>;
}

export interface CopyDestination extends CopySource {
  readonly target: LedgerCopyTarget;
  /** The database, if the ledger is in one: names are reserved in it too. */
  readonly pool: Pool | null;
}

const isPostgres = (url: string) => /^postgres(ql)?:\/\//.test(url);

/** @throws StartupError that names the option, never its value */
export async function openSource(option: string, url: string): Promise<CopySource> {
  if (!isPostgres(url)) {
    const store = await openKurrentDb(option, url);
    return { store, close: () => store.close() };
  }
  await attempt(option, () => requireLedger(option, url));
  const store = postgresStore(url);
  return { store, close: () => store.close() };
}

/** A database is brought up to date first. @throws StartupError that names the option, never its value */
export async function openDestination(option: string, url: string): Promise<CopyDestination> {
  if (!isPostgres(url)) {
    const { KurrentDbCopyTarget } = await import('#event-store/kurrentdb');
    const store = await openKurrentDb(option, url);
    const target = new KurrentDbCopyTarget(store, url);
    const close = async () => {
      await store.close();
      await target.close();
    };
    return { store, target, pool: null, close };
  }
  await attempt(option, () => migrate(url, allMigrations));
  const store = postgresStore(url);
  const pool = openPool({ url, role: 'owner', max: 2, applicationName: 'storyledger copy' });
  const close = async () => {
    await store.close();
    await pool.end();
  };
  return { store, target: new PostgresCopyTarget(store, pool), pool, close };
}

async function openKurrentDb(option: string, url: string): Promise<EventStore> {
  const wrong = eventStoreUrlProblem(url);
  if (wrong !== null) throw new StartupError(`${option} must be of PostgreSQL (postgres://...), or ${wrong}.`);
  const { KurrentDbEventStore, kurrentDbProblem } = await import('#event-store/kurrentdb');
  const problem = await kurrentDbProblem(url);
  if (problem !== null) throw new StartupError(`The event store of ${option} ${problem}`);
  return new KurrentDbEventStore({ url });
}

function postgresStore(url: string): PostgresEventStore {
  const open = (max: number, pipeline = false) =>
    openPool({ url, role: 'owner', max, pipeline, applicationName: 'storyledger copy' });
  return new PostgresEventStore({ appendPool: open(1, true), readPool: open(2) });
}

async function requireLedger(option: string, url: string): Promise<void> {
  const pool = openPool({ url, role: 'owner', max: 1, applicationName: 'storyledger copy' });
  try {
    const { rows } = await pool.query<{ there: boolean }>(`SELECT to_regclass('ledger.events') IS NOT NULL AS there`);
    if (rows[0]?.there !== true) throw new StartupError(`The database of ${option} holds no ledger.`);
  } finally {
    await pool.end();
  }
}

async function attempt(option: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const problem = connectionProblem(error);
    throw problem === null ? error : new StartupError(`The database of ${option} ${problem}`);
  }
}

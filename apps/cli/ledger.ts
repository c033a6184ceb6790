import { join } from 'node:path';
import type { Pool } from 'pg';
import { Sources, Threads } from '#application';
import type { EventStore } from '#event-store';
import { Imports } from '#imports';
import {
  AccessLog,
  ApiKeys,
  IdempotencyAnswers,
  IdentityVault,
  NameReservations,
  parkingRecord,
  rebuildRecord,
  Sessions,
  SourceIdentities,
} from '#operations';
import {
  type Config,
  connectionProblem,
  createLogger,
  EmbeddedPostgres,
  foreignMigrations,
  type Logger,
  migrate,
  newId,
  openDataSource,
  openPool,
  readConfig,
  StartupError,
} from '#platform';
import { Proof } from '#proof';
import { ParkedEvents, ReadModelQueries, ReadModelWaiter, Rebuilds, readModelEntities } from '#read-models';
import { Replay } from '#replay';
import { Metrics, openTracing, type Tracing } from '#telemetry';
import { openEventStore } from './event-store.js';
import { openIdentityKey } from './identity-key.js';
import { allMigrations } from './migrations.js';
import { openSigningKey } from './signing-key.js';

/** Everything a process of Storyledger works with, connected and up to date. */
export interface Ledger {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Null: nothing is traced. */
  readonly tracing: Tracing | null;
  readonly store: EventStore;
  /** As the application's role. */
  readonly pool: Pool;
  /** For rebuilds, which make and drop tables. */
  openOwnerPool(): Pool;
  readonly queries: ReadModelQueries;
  readonly waiter: ReadModelWaiter;
  readonly replay: Replay;
  readonly parked: ParkedEvents;
  readonly rebuilds: Rebuilds;
  readonly threads: Threads;
  readonly sources: Sources;
  readonly imports: Imports;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly idempotency: IdempotencyAnswers;
  readonly accesses: AccessLog;
  readonly identities: SourceIdentities;
  readonly proof: Proof;
  /** Why this process signs no checkpoints, and what to do; null when it does. */
  readonly keyMissing: string | null;
  /** Below the data folder, of an embedded database; null with DATABASE_URL. */
  readonly embedded: EmbeddedPostgres | null;
  close(): Promise<void>;
}

/**
 * With DATABASE_URL it uses that database and embeds nothing. Without, it starts the embedded one, unless a running
 * `storyledger up` of the same folder has done so: then it joins that.
 */
export async function openLedger(options: {
  readonly name: string;
  readonly joins?: string;
  /** The keys of a new ledger are made here: the one that signs, and the one of sealed identities. */
  readonly makesKey?: boolean;
}): Promise<Ledger> {
  const config = readConfig();
  const logger = createLogger(config.LOG_LEVEL, options.name);
  const given = config.DATABASE_URL ?? options.joins;
  const embedded =
    given === undefined
      ? await EmbeddedPostgres.start({ home: config.STORYLEDGER_HOME, database: 'storyledger' })
      : null;
  const url = given ?? embedded?.url ?? '';
  const ownerUrl = config.DATABASE_MIGRATION_URL ?? url;
  try {
    if (embedded !== null) await refuseNewerLedger(ownerUrl, config.STORYLEDGER_HOME);
    const ran = await migrateNamed(ownerUrl);
    if (ran.length > 0) logger.debug({ migrations: ran }, 'The database is up to date.');
    return await connect({
      config,
      logger,
      url,
      ownerUrl,
      embedded,
      name: options.name,
      makesKey: options.makesKey === true,
    });
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/**
 * A data folder is of one build at a time, and an older one would not know what a newer has written. A shared database is
 * not refused: while a release is rolled out, processes of the old one go on, and may have to start again.
 */
async function refuseNewerLedger(url: string, home: string): Promise<void> {
  const newer = await foreignMigrations(url, allMigrations);
  if (newer.length === 0) return;
  throw new StartupError(
    `The data in ${home} were last used by a newer build: this one does not know ${newer.join(', ')}. Run that build or ` +
      'a later one, or put back the backup that was made before. Nothing was changed.',
  );
}

/** @throws StartupError that names the variable, never its value */
export async function migrateNamed(ownerUrl: string): Promise<readonly string[]> {
  try {
    return await migrate(ownerUrl, allMigrations);
  } catch (error) {
    const problem = connectionProblem(error);
    if (problem === null) throw error;
    const variable = process.env['DATABASE_MIGRATION_URL'] ? 'DATABASE_MIGRATION_URL' : 'DATABASE_URL';
    throw new StartupError(`The database of ${variable} ${problem}`);
  }
}

interface Connection {
  readonly config: Config;
  readonly logger: Logger;
  readonly url: string;
  readonly ownerUrl: string;
  readonly embedded: EmbeddedPostgres | null;
  readonly name: string;
  readonly makesKey: boolean;
}

async function connect({ config, logger, url, ownerUrl, embedded, name, makesKey }: Connection): Promise<Ledger> {
  const statementSeconds = config.DATABASE_STATEMENT_SECONDS;
  const applicationName = `storyledger ${name} work`;
  const pool = openPool({ url, role: 'app', max: 16, pipeline: true, applicationName, statementSeconds });
  const metrics = new Metrics();
  metrics.watchPool('work', pool);
  const tracing = await openTracing({ serviceName: `storyledger-${name}`, log: logger });
  const store = await openEventStore(config, url, name, { metrics, tracing });
  const dataSource = await openDataSource(url, 'app', readModelEntities, statementSeconds);
  const names = new NameReservations(pool);
  const sources = new Sources(store, names);
  const threads = new Threads(store, names, sources);
  const keys = new ApiKeys(pool, {
    onLastUsedLost: (err) => logger.warn({ err }, 'When a key was last used could not be noted.'),
  });
  const accesses = new AccessLog(pool);
  const proof = new Proof({ pool, store });
  const { key, missing } = await openSigningKey(config, proof.checkpoints, { makes: makesKey });
  const vault = new IdentityVault(pool, null);
  vault.use(await openIdentityKey(config, vault, { makes: makesKey }));
  proof.signer.use(key, async () => (await openSigningKey(config, proof.checkpoints, { makes: false })).key);
  return {
    config,
    logger,
    metrics,
    tracing,
    store,
    pool,
    openOwnerPool: () =>
      openPool({ url: ownerUrl, role: 'owner', max: 4, pipeline: true, applicationName: `storyledger ${name} owner` }),
    queries: new ReadModelQueries(dataSource),
    waiter: new ReadModelWaiter(pool),
    replay: new Replay(store),
    parked: new ParkedEvents({ pool, store, record: parkingRecord(accesses) }),
    rebuilds: new Rebuilds(pool, rebuildRecord(accesses)),
    threads,
    sources,
    imports: new Imports({
      pool,
      store,
      names,
      threads,
      sources,
      newId,
      now: () => new Date().toISOString(),
    }),
    keys,
    sessions: new Sessions(pool, keys),
    idempotency: new IdempotencyAnswers(pool),
    accesses,
    identities: new SourceIdentities(sources, vault, accesses),
    proof,
    keyMissing: missing,
    embedded,
    async close() {
      await keys.settle();
      await store.close();
      await dataSource.destroy();
      await pool.end();
      await embedded?.stop();
      // Last: it may wait for a collector that is away.
      await tracing?.close();
    },
  };
}

/** Where a running `up` says that it is there. */
export function instanceFile(config: Config): string {
  return join(config.STORYLEDGER_HOME, 'running.json');
}

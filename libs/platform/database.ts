import pg from 'pg';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';
import { StartupError } from './startup-error.js';

/** What the program runs as: it may add to the log and change read models, and nothing else. */
const APPLICATION_ROLE = 'storyledger_app';
const MIGRATIONS_TABLE = 'storyledger_migrations';
const MIGRATION_LOCK = 5990713261118;

export interface PoolOptions {
  readonly url: string;
  /** The owner is for migrations and rebuilds. */
  readonly role: 'app' | 'owner';
  readonly max: number;
  readonly applicationName: string;
  /** Queries on one connection are sent before the ones ahead of them are answered. */
  readonly pipeline?: boolean;
  /** After which the server cuts off a statement, and twice that one that does nothing in a transaction; never when left out. */
  readonly statementSeconds?: number;
}

export function openPool(options: PoolOptions): pg.Pool {
  const { url, role, max, applicationName, pipeline = false, statementSeconds } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max,
    // Not in the types yet.
    ...({ pipeline } as pg.PoolConfig),
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    ...sessionOptions(role, statementSeconds),
  });
  // The pool replaces an idle connection that breaks; unheard, its error would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/** As settings of the session, for those of a role count only for who logs in as it. */
function sessionOptions(role: 'app' | 'owner', statementSeconds: number | undefined): { readonly options?: string } {
  const settings = [
    ...(role === 'app' ? [`role=${APPLICATION_ROLE}`] : []),
    ...(statementSeconds === undefined
      ? []
      : [
          `statement_timeout=${statementSeconds * 1_000}`,
          `idle_in_transaction_session_timeout=${statementSeconds * 2_000}`,
        ]),
  ];
  return settings.length === 0 ? {} : { options: settings.map((setting) => `-c ${setting}`).join(' ') };
}

export function openDataSource(
  url: string,
  role: 'app' | 'owner',
  entities: readonly EntitySchema[],
  statementSeconds?: number,
): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [...entities],
    extra: { max: 10, ...sessionOptions(role, statementSeconds) },
  }).initialize();
}

type Migration = new () => MigrationInterface;

/**
 * Brings a database up to date. Several processes may call this at once: one works, the others wait and find nothing
 * left to do.
 *
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string, migrations: readonly Migration[]): Promise<readonly string[]> {
  const lock = new pg.Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await createApplicationRole(lock);
    const source = new DataSource({
      type: 'postgres',
      url,
      migrations: [...migrations],
      migrationsTableName: MIGRATIONS_TABLE,
      extra: { max: 2 },
    });
    await source.initialize();
    try {
      const ran = await source.runMigrations({ transaction: 'all' });
      return ran.map((migration) => migration.name);
    } finally {
      await source.destroy();
    }
  } finally {
    await lock.end();
  }
}

/** Migrations that have run on a database and that this build does not have: a newer one was there. */
export async function foreignMigrations(url: string, migrations: readonly Migration[]): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ there: boolean }>(
      `SELECT to_regclass('${MIGRATIONS_TABLE}') IS NOT NULL AS there`,
    );
    if (tables[0]?.there !== true) return [];
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY timestamp`);
    const known = new Set(migrations.map((migration) => new migration().name));
    return rows.map(({ name }) => name).filter((name) => !known.has(name));
  } finally {
    await client.end();
  }
}

/** Roles belong to the whole server, so another database's migration may make it at the same moment. */
async function createApplicationRole(client: pg.Client): Promise<void> {
  try {
    await client.query(`
      DO $$ BEGIN
        CREATE ROLE ${APPLICATION_ROLE} NOLOGIN;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END $$`);
    const { rows } = await client.query<{ member: boolean }>(
      `SELECT pg_has_role(current_user, '${APPLICATION_ROLE}', 'SET') AS member`,
    );
    if (rows[0]?.member !== true) await client.query(`GRANT ${APPLICATION_ROLE} TO current_user`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '42501') {
      throw new StartupError(
        `The database account may not create the role ${APPLICATION_ROLE}. Give it CREATEROLE, or create the role and grant it to the account.`,
      );
    }
    throw error;
  }
}

/** Codes of Node's network errors and PostgreSQL's refusals, in words that say what to do. */
const CONNECTION_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections. Is the server running, and are host and port right?',
  ENOTFOUND: 'is on a host that is not known. Check the host name.',
  EAI_AGAIN: 'is on a host whose name cannot be resolved now. Check the network.',
  ETIMEDOUT: 'does not answer. Check host, port and firewall.',
  EHOSTUNREACH: 'is on a host that cannot be reached. Check host and network.',
  ECONNRESET: 'ended the connection. Is it a PostgreSQL server, and does it want TLS (`?sslmode=require`)?',
  '28P01': 'refuses the password. Check user and password.',
  '28000': 'refuses the account. Check the user, and whether the server wants TLS (`?sslmode=require`).',
  '3D000': 'does not exist on the server. Create it first.',
};

/** What is wrong with a connection, to be said after "The database"; null: the error is of another kind. */
export function connectionProblem(error: unknown): string | null {
  // Of a host with several addresses Node reports all failures together.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error)) return null;
  const code = 'code' in first ? String(first.code) : '';
  if (Object.hasOwn(CONNECTION_PROBLEMS, code)) return CONNECTION_PROBLEMS[code] ?? null;
  return /Connection terminated|Invalid.*response|timeout expired/i.test(first.message)
    ? 'does not answer as PostgreSQL does. Check host and port.'
    : null;
}

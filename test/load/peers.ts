import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Pool } from 'pg';
import { newId } from '#platform';
import type { Contender } from './rounds.js';
import { attribution, WRITERS, WriterStreams } from './workload.js';

/** They are installed for benchmarks only, in a folder of their own. */
const installed = createRequire(join(process.cwd(), 'test', 'load', 'peers', 'package.json'));

/** The scripts of message-db's `install.sh` that make its table, functions and indexes, in its order. */
const MESSAGE_DB = [
  'schema/message-store',
  'tables/messages',
  'types/message',
  ...['message-store-version', 'hash-64', 'acquire-lock', 'category', 'is-category', 'id', 'cardinal-id'].map(
    (name) => `functions/${name}`,
  ),
  ...['stream-version', 'write-message'].map((name) => `functions/${name}`),
  ...['id', 'stream', 'category'].map((name) => `indexes/messages-${name}`),
];

export async function createMessageDb(owner: Pool): Promise<void> {
  const home = join(dirname(installed.resolve('@eventide/message-db/package.json')), 'database');
  const client = await owner.connect();
  try {
    await client.query('SET client_min_messages = warning');
    // Its functions name each other without their schema, which its installer leaves to the path of a role.
    for (const script of MESSAGE_DB) {
      await client.query('SET search_path TO message_store, public');
      await client.query(await readFile(join(home, `${script}.sql`), 'utf8'));
    }
    await client.query(`DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET search_path TO public, message_store', current_database());
    END $$`);
  } finally {
    client.release(true);
  }
}

/** `write_message` with the expected version, each in its own transaction. All threads are of one category, as they would be. */
export function messageDb(pool: Pool, connections: number): Contender {
  const writers = Array.from({ length: WRITERS }, () => new WriterStreams());
  return {
    name: `message-db, ${connections} connections`,
    async append(writer) {
      const stream = writers[writer]?.next();
      if (stream === undefined) throw new RangeError(`There is no writer ${writer}.`);
      const { id, event, context } = attribution();
      await pool.query({
        name: 'write_message',
        text: 'SELECT message_store.write_message($1, $2, $3, $4, $5, $6)',
        values: [
          id,
          stream.name,
          event.type,
          JSON.stringify(event.data),
          JSON.stringify(context),
          stream.revision.toString(),
        ],
      });
      stream.revision += 1n;
    },
    async count() {
      const { rows } = await pool.query<{ n: string }>('SELECT count(*) AS n FROM message_store.messages');
      return Number(rows[0]?.n);
    },
  };
}

interface EmmettEvent {
  readonly type: string;
  readonly data: unknown;
  readonly metadata?: unknown;
}

/** What is used here of `@event-driven-io/emmett-postgresql`. */
export interface EmmettStore {
  readonly schema: { migrate(): Promise<unknown> };
  appendToStream(
    stream: string,
    events: readonly EmmettEvent[],
    options: { readonly expectedStreamVersion: bigint | 'STREAM_DOES_NOT_EXIST' },
  ): Promise<unknown>;
  close(): Promise<void>;
}

type EmmettHandle = (store: EmmettStore, stream: string, decide: (state: Tally) => EmmettEvent) => Promise<unknown>;

/** Of reports by claim: a decision needs a state. */
interface Tally {
  readonly reports: ReadonlyMap<string, number>;
}

async function imported<Module>(name: string): Promise<Module> {
  return (await import(pathToFileURL(installed.resolve(name)).href)) as Module;
}

/** Over a pool that stays its owner's. Make its tables with `schema.migrate()` first. */
export async function openEmmett(url: string, pool: Pool): Promise<EmmettStore> {
  const { getPostgreSQLEventStore } = await imported<{
    getPostgreSQLEventStore(url: string, options: unknown): EmmettStore;
  }>('@event-driven-io/emmett-postgresql');
  return getPostgreSQLEventStore(url, {
    schema: { autoMigration: 'None' },
    connectionOptions: { pooled: true, pool },
  });
}

export function emmett(store: EmmettStore, pool: Pool, connections: number): Contender {
  const writers = Array.from({ length: WRITERS }, () => new WriterStreams());
  return {
    name: `Emmett, ${connections} connections`,
    async append(writer) {
      const stream = writers[writer]?.next();
      if (stream === undefined) throw new RangeError(`There is no writer ${writer}.`);
      await store.appendToStream(stream.name, [eventOf()], {
        // Its first event has the version 1.
        expectedStreamVersion: stream.revision < 0n ? 'STREAM_DOES_NOT_EXIST' : stream.revision + 1n,
      });
      stream.revision += 1n;
    },
    count: () => emmettCount(pool),
  };
}

/** Its own command handler: reads the stream, folds, decides, appends with the expected version, and again after a conflict. */
export async function emmettCommands(store: EmmettStore, pool: Pool, connections: number): Promise<Contender> {
  const { CommandHandler, isExpectedVersionConflictError } = await imported<{
    CommandHandler(options: unknown): EmmettHandle;
    isExpectedVersionConflictError(error: unknown): boolean;
  }>('@event-driven-io/emmett');
  const handle = CommandHandler({
    initialState: (): Tally => ({ reports: new Map() }),
    evolve: ({ reports }: Tally, { data }: { readonly data: { readonly claimId: string } }): Tally => {
      (reports as Map<string, number>).set(data.claimId, (reports.get(data.claimId) ?? 0) + 1);
      return { reports };
    },
    // As its own settings, but for their three retries, of which 128 writers have far too few.
    retry: {
      onVersionConflict: {
        retries: 10_000,
        minTimeout: 5,
        maxTimeout: 200,
        factor: 1.5,
        shouldRetryError: isExpectedVersionConflictError,
      },
    },
  });
  let stream = '';
  return {
    name: `Emmett commands, ${connections} connections`,
    async prepare() {
      stream = `thread-${newId()}`;
    },
    async append() {
      await handle(store, stream, () => eventOf());
    },
    count: () => emmettCount(pool),
  };
}

function eventOf(): EmmettEvent {
  const { event, context } = attribution();
  return { type: event.type, data: event.data, metadata: context };
}

async function emmettCount(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ n: string }>('SELECT count(*) AS n FROM emt_messages');
  return Number(rows[0]?.n);
}

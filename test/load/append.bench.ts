import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { eventStoreMigrations, PostgresEventStore } from '#event-store/postgres';
import { NameReservations, operationsMigrations } from '#operations';
import { migrate, openPool } from '#platform';
import { withBenchDatabase } from './bench-database.js';
import { hotThread } from './hot-thread.js';
import { createMessageDb, type EmmettStore, emmett, emmettCommands, messageDb, openEmmett } from './peers.js';
import { createPlainLog, plainLoop } from './plain-loop.js';
import { type Comparison, type Contender, compare, measure } from './rounds.js';
import { attribution, WRITERS, WriterStreams } from './workload.js';

const ROUNDS = { rounds: 5, milliseconds: 4_000, warmUp: 3_000 };
const CONNECTIONS = [2, 4, 8, 16, 32, 64];

await withBenchDatabase(async (url) => {
  await migrate(url, [...eventStoreMigrations, ...operationsMigrations]);
  await bench(url);
});

async function bench(url: string): Promise<void> {
  const owner = openPool({ url, role: 'owner', max: 2, applicationName: 'bench' });
  try {
    await requireDurability(owner);
    await createPlainLog(owner);
    await createMessageDb(owner);
    await createEmmett(url);
    const results = [await manyStreams(url, owner), await hotStream(url, owner), await oneWriter(url, owner)];
    await writeFile(join('bench-results', 'append.json'), `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    await owner.end();
  }
}

/** A ratio of two logs that forget on a power cut would say nothing. */
async function requireDurability(owner: Pool): Promise<void> {
  const { rows } = await owner.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')`,
  );
  const off = rows.filter(({ setting }) => setting !== 'on');
  if (rows.length !== 3 || off.length > 0) throw new Error(`Not durable: ${off.map(({ name }) => name).join(', ')}`);
  console.log(
    `${cpus().length} cores, Node ${process.version}; fsync, synchronous_commit and full_page_writes are on.`,
  );
}

async function createEmmett(url: string): Promise<void> {
  const pool = openPool({ url, role: 'owner', max: 1, applicationName: 'bench emmett' });
  const store = await openEmmett(url, pool);
  await store.schema.migrate();
  await store.close();
  await pool.end();
}

async function manyStreams(url: string, owner: Pool): Promise<Comparison> {
  console.log(`\nOne event an append, ${WRITERS} writers, many streams`);
  const peers = [
    { ...(await atItsBest(url, plainLoop)), goal: 4 },
    { ...(await atItsBest(url, messageDb)), goal: 6 },
    { ...(await atItsBest(url, emmettAt(url, emmett))), goal: 15 },
  ];
  const store = openStore(url);
  try {
    return await compare('appends, many streams', ledger(store, owner), peers, ROUNDS);
  } finally {
    await closeAll([store, ...peers]);
  }
}

/** 128 writers report on one thread, each on a claim of its own; each report is decided, and answered once it is durable. */
async function hotStream(url: string, owner: Pool): Promise<Comparison> {
  console.log(`\nOne attribution a command, ${WRITERS} writers, one hot thread`);
  const peers = [
    { ...(await atItsBest(url, plainLoop)), goal: 3.5 },
    { ...(await atItsBest(url, emmettAt(url, emmettCommands))), goal: 150 },
  ];
  const names = openPool({ url, role: 'app', max: 4, applicationName: 'bench names' });
  const store = openStore(url);
  try {
    const commands = await hotThread(store, new NameReservations(names), owner);
    return await compare('commands, one hot stream', commands, peers, ROUNDS);
  } finally {
    await closeAll([store, ...peers]);
    await names.end();
  }
}

async function oneWriter(url: string, owner: Pool): Promise<Comparison> {
  console.log('\nOne event an append, one writer');
  const peers = [{ ...(await opened(url, plainLoop, 1)), goal: 0.8 }];
  const store = openStore(url);
  try {
    return await compare('appends, one writer', ledger(store, owner), peers, { ...ROUNDS, writers: 1 });
  } finally {
    await closeAll([store, ...peers]);
  }
}

function openStore(url: string): PostgresEventStore {
  return new PostgresEventStore({
    appendPool: openPool({ url, role: 'app', max: 1, pipeline: true, applicationName: 'bench append' }),
    readPool: openPool({ url, role: 'app', max: 2, applicationName: 'bench read' }),
  });
}

/** Makes a contender that appends over the pool, which has so many connections. */
type OverPool = (pool: Pool, connections: number) => Contender | Promise<Contender>;

interface Opened {
  readonly contender: Contender;
  close(): Promise<void>;
}

async function opened(url: string, make: OverPool, connections: number): Promise<Opened> {
  const pool = openPool({ url, role: 'owner', max: connections, applicationName: 'bench peer' });
  return { contender: await make(pool, connections), close: () => pool.end() };
}

function emmettAt(
  url: string,
  make: (store: EmmettStore, pool: Pool, connections: number) => Contender | Promise<Contender>,
): OverPool {
  return async (pool, connections) => make(await openEmmett(url, pool), pool, connections);
}

/** Each peer is measured with the number of connections that suits it best. */
async function atItsBest(url: string, make: OverPool): Promise<Opened> {
  let best = { connections: 0, perSecond: 0 };
  const tried: string[] = [];
  for (const connections of CONNECTIONS) {
    const { contender, close } = await opened(url, make, connections);
    try {
      await measure(contender, 500);
      const { perSecond } = await measure(contender, 2_000);
      tried.push(`${contender.name}: ${Math.round(perSecond)}`);
      if (perSecond > best.perSecond) best = { connections, perSecond };
    } finally {
      await close();
    }
  }
  console.log(`  events/s, ${tried.join('; ')}`);
  return opened(url, make, best.connections);
}

async function closeAll(all: readonly { close(): Promise<unknown> }[]): Promise<void> {
  await Promise.all(all.map((one) => one.close()));
}

function ledger(store: PostgresEventStore, owner: Pool): Contender {
  const writers = Array.from({ length: WRITERS }, () => new WriterStreams());
  return {
    name: 'Storyledger',
    async append(writer) {
      const stream = writers[writer]?.next();
      if (stream === undefined) throw new RangeError(`There is no writer ${writer}.`);
      const expected = stream.revision < 0n ? 'none' : stream.revision;
      ({ revision: stream.revision } = await store.append(stream.name, expected, [attribution()]));
    },
    async count() {
      const { rows } = await owner.query<{ n: string }>('SELECT count(*) AS n FROM ledger.events');
      return Number(rows[0]?.n);
    },
  };
}

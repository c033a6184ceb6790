import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { eventStoreMigrations, PostgresEventStore } from '#event-store/postgres';
import { NameReservations, operationsMigrations } from '#operations';
import { migrate, openPool } from '#platform';
import { withBenchDatabase } from './bench-database.js';
import { hotThread } from './hot-thread.js';
import { createPlainLog, plainLoop } from './plain-loop.js';
import { type Comparison, type Contender, compare, measure } from './rounds.js';
import { attribution, WRITERS, WriterStreams } from './workload.js';

const ROUNDS = { rounds: 5, milliseconds: 4_000, warmUp: 3_000 };
const PLAIN_CONNECTIONS = [8, 16, 32, 64, 128];

await withBenchDatabase(async (url) => {
  await migrate(url, [...eventStoreMigrations, ...operationsMigrations]);
  await bench(url);
});

async function bench(url: string): Promise<void> {
  const owner = openPool({ url, role: 'owner', max: 2, applicationName: 'bench' });
  try {
    await requireDurability(owner);
    await createPlainLog(owner);
    const results = [await manyStreams(url, owner), await hotStream(url, owner)];
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

async function manyStreams(url: string, owner: Pool): Promise<Comparison> {
  console.log(`\nOne event an append, ${WRITERS} writers, many streams`);
  const connections = await bestForPlainLoop(url);
  const pool = openPool({ url, role: 'owner', max: connections, applicationName: 'bench plain' });
  const store = openStore(url);
  try {
    return await compare('appends, many streams', plainLoop(pool, connections), ledger(store, owner), ROUNDS);
  } finally {
    await Promise.all([pool.end(), store.close()]);
  }
}

/** 128 writers report on one thread, each on a claim of its own; each report is decided, and answered once it is durable. */
async function hotStream(url: string, owner: Pool): Promise<Comparison> {
  console.log(`\nOne attribution a command, ${WRITERS} writers, one hot thread`);
  const connections = await bestForPlainLoop(url);
  const pool = openPool({ url, role: 'owner', max: connections, applicationName: 'bench plain' });
  const names = openPool({ url, role: 'app', max: 4, applicationName: 'bench names' });
  const store = openStore(url);
  try {
    const commands = await hotThread(store, new NameReservations(names), owner);
    return await compare('commands, one hot stream', plainLoop(pool, connections), commands, ROUNDS);
  } finally {
    await Promise.all([pool.end(), names.end(), store.close()]);
  }
}

function openStore(url: string): PostgresEventStore {
  return new PostgresEventStore({
    appendPool: openPool({ url, role: 'app', max: 2, applicationName: 'bench append' }),
    readPool: openPool({ url, role: 'app', max: 2, applicationName: 'bench read' }),
  });
}

/** The plain loop is measured at its best. */
async function bestForPlainLoop(url: string): Promise<number> {
  let best = { connections: 0, perSecond: 0 };
  const tried: string[] = [];
  for (const connections of PLAIN_CONNECTIONS) {
    const pool = openPool({ url, role: 'owner', max: connections, applicationName: 'bench plain' });
    try {
      const contender = plainLoop(pool, connections);
      await measure(contender, 500);
      const { perSecond } = await measure(contender, 2_000);
      tried.push(`${connections}: ${Math.round(perSecond)}`);
      if (perSecond > best.perSecond) best = { connections, perSecond };
    } finally {
      await pool.end();
    }
  }
  console.log(`  plain loop by connections, events/s: ${tried.join(', ')}`);
  return best.connections;
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

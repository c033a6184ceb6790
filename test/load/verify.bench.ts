import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { PostgresEventStore } from '#event-store/postgres';
import { migrate, openPool } from '#platform';
import { Proof, SigningKey, verifyLedger } from '#proof';
import { allMigrations } from '../../apps/cli/migrations.js';
import { withBenchDatabase } from './bench-database.js';
import { whole } from './in-turn.js';
import { attribution, WRITERS, WriterStreams } from './workload.js';

const EVENTS = Number(process.env['VERIFY_EVENTS'] ?? 1_000_000);
const EVENTS_A_STREAM = 50;
const GOAL_SECONDS = 60;
const APPEND_SECONDS = 10;
const PAGE = 5_000;

await withBenchDatabase(async (url) => {
  await migrate(url, allMigrations);
  await bench(url);
});

async function bench(url: string): Promise<void> {
  const open = (use: string, max: number, pipeline = false) =>
    openPool({ url, role: 'app', max, pipeline, applicationName: `bench ${use}` });
  const owner = openPool({ url, role: 'owner', max: 2, applicationName: 'bench owner' });
  const pool = open('work', 4);
  const store = new PostgresEventStore({ appendPool: open('append', 1, true), readPool: open('read', 4) });
  const proof = new Proof({ pool, store, key: SigningKey.generate('bench') });
  try {
    console.log(`${cpus().length} cores, Node ${process.version}; ${whole(EVENTS)} events of about 700 bytes of data`);
    await fill(owner);
    const projected = await timed(() => proof.projector().catchUp());
    report('Merkle projector, catching up', projected);
    await proof.checkpoints.addFirstKey(proof.signer.currentKey().verifier);
    await proof.signer.sign();
    const floor = await timed(() => readAndHash(pool));
    report('floor: plain read and SHA-256', floor);
    const verified = await timed(() => verify(store, proof));
    report('verify', verified);
    const ratio = verified.seconds / floor.seconds;
    console.log(`  ${ratio.toFixed(2)} times the floor; goal for 1,000,000 events: under ${GOAL_SECONDS} s`);
    const live = await keepUp(store, proof);
    await writeFile(
      join('bench-results', 'verify.json'),
      `${JSON.stringify({ events: EVENTS, projected, floor, verified, live }, null, 2)}\n`,
    );
    if (EVENTS >= 1_000_000 && verified.seconds > GOAL_SECONDS) process.exitCode = 1;
  } finally {
    await store.close();
    await Promise.all([pool.end(), owner.end()]);
  }
}

/** The rows that appends would have made, without waiting for each. */
async function fill(owner: Pool): Promise<void> {
  const { event, context } = attribution();
  await owner.query(
    `INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data, actor_id, actor_name,
                                correlation_id, causation_id, batch_id, recorded_at)
     SELECT n, 'thread-' || md5((n / $2)::text)::uuid, n % $2, md5('event ' || n)::uuid, $3, 1,
            replace($4, 'has left Pyongyang', 'has left Pyongyang at ' || n)::json, $5, $6, md5(n::text), NULL, NULL, now()
     FROM generate_series(0, $1::bigint - 1) n`,
    [EVENTS, EVENTS_A_STREAM, event.type, JSON.stringify(event.data), context.actor.id, context.actor.name],
  );
  await owner.query('VACUUM ANALYZE ledger.events');
}

async function verify(store: PostgresEventStore, { tree, checkpoints }: Proof): Promise<number> {
  const { events, findings } = await verifyLedger({ store, tree, checkpoints });
  if (events !== EVENTS || findings.length > 0) throw new Error(`Verified ${events}: ${findings[0]?.message}`);
  return events;
}

/** What no verifier can do without. */
async function readAndHash(pool: Pool): Promise<number> {
  let read = 0;
  for (;;) {
    const { rows } = await pool.query<{ line: string }>(
      `SELECT e::text AS line FROM ledger.events e WHERE position >= $1 ORDER BY position LIMIT $2`,
      [read, PAGE],
    );
    for (const { line } of rows) createHash('sha256').update(line).digest();
    read += rows.length;
    if (rows.length < PAGE) return read;
  }
}

/** Appends by many writers while the projector runs: how far it is behind when they stop. */
async function keepUp(store: PostgresEventStore, proof: Proof): Promise<object> {
  const end = new AbortController();
  const projecting = proof.projector().run(end.signal);
  const until = performance.now() + APPEND_SECONDS * 1_000;
  let appended = 0;
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      const streams = new WriterStreams();
      while (performance.now() < until) {
        const stream = streams.next();
        const expected = stream.revision < 0n ? 'none' : stream.revision;
        ({ revision: stream.revision } = await store.append(stream.name, expected, [attribution()]));
        appended += 1;
      }
    }),
  );
  const behind = EVENTS + appended - (await proof.tree.size());
  const stopped = performance.now();
  while ((await proof.tree.size()) < EVENTS + appended) await delay(5);
  const caughtUpMs = Math.round(performance.now() - stopped);
  end.abort();
  await projecting;
  const perSecond = appended / APPEND_SECONDS;
  console.log(
    `  appends with the projector beside them     ${whole(perSecond).padStart(8)} events/s; ` +
      `it was ${whole(behind)} behind at their end, and there after ${caughtUpMs} ms`,
  );
  return { appended, perSecond, behind, caughtUpMs };
}

interface Timed {
  readonly events: number;
  readonly seconds: number;
  /** Of this process: what it would take where nothing else runs, the database on another core. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
}

async function timed(work: () => Promise<number>): Promise<Timed> {
  let peak = process.memoryUsage().rss;
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 100);
  const [start, used] = [performance.now(), process.cpuUsage()];
  try {
    const events = await work();
    const { user, system } = process.cpuUsage(used);
    const seconds = (performance.now() - start) / 1_000;
    return { events, seconds, cpuSeconds: (user + system) / 1e6, peakRssMb: Math.round(peak / 1024 ** 2) };
  } finally {
    clearInterval(sampler);
  }
}

function report(name: string, { events, seconds, cpuSeconds, peakRssMb }: Timed): void {
  const speed = `${whole(events / seconds).padStart(8)} events/s`;
  console.log(
    `  ${name.padEnd(42)} ${speed}  ${seconds.toFixed(1)} s (CPU ${cpuSeconds.toFixed(1)} s)  peak RSS ${peakRssMb} MB`,
  );
}

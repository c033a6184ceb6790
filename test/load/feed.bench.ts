import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#platform';
import { startApi } from '../../apps/api/bootstrap.js';
import type { Ledger } from '../../apps/cli/ledger.js';
import { startProjector } from '../../apps/projector/start-projector.js';
import { ask } from './ask.js';
import { withBenchLedger } from './bench-database.js';
import type { ClientsReport } from './feed-clients.js';

/*
 * One process with the API and the projector, many clients of the live feed in another. Three measures: appends alone;
 * appends as fast as they go while each client hears one desk of twenty; appends at a pace while each hears all.
 */
const CLIENTS = Number(process.env['FEED_CLIENTS'] ?? 1_000);
const SECONDS = Number(process.env['FEED_SECONDS'] ?? 10);
const DESKS = 20;
const WRITERS = 8;
const PACED_PER_SECOND = 10;

await withBenchLedger(bench);

async function bench(ledger: Ledger): Promise<void> {
  console.log(`${cpus().length} cores, Node ${process.version}; ${CLIENTS} clients, ${SECONDS} s a measure.\n`);
  const projector = startProjector({ ...ledger, checkpointMs: 60_000 });
  const api = await startApi({ ...ledger, host: '127.0.0.1', port: 0, feedLimits: { heartbeatMs: 1_000 } });
  try {
    const { secret } = await ledger.keys.create({ name: 'bench', role: 'reader', createdBy: 'system:bench' });
    await write(ledger, null, 2);
    const alone = await write(ledger, null, SECONDS);
    console.log(`  appends alone                        ${rate(alone)}`);
    const desks = await withClients(ledger, api.url, secret ?? '', null);
    const all = await withClients(ledger, api.url, secret ?? '', PACED_PER_SECOND);
    await writeFile(
      join('bench-results', 'feed.json'),
      `${JSON.stringify({ CLIENTS, alone: alone.perSecond, desks, all }, null, 2)}\n`,
    );
  } finally {
    await api.close();
    await projector.stop();
  }
}

interface Written {
  readonly perSecond: number;
  /** By desk: each event changes one status, and so is one message. */
  readonly byDesk: readonly number[];
  readonly last: bigint;
}

/** Opens threads, one event each, as fast as the writers can or at a pace. */
async function write(ledger: Ledger, pace: number | null, seconds: number): Promise<Written> {
  const byDesk = Array.from({ length: DESKS }, () => 0);
  let last = 0n;
  const start = performance.now();
  const until = start + seconds * 1_000;
  const open = async (n: number) => {
    const id = newId();
    const context = { actor: { id: 'key:bench', name: 'Bench' }, correlationId: id, batchId: null };
    const { position } = await ledger.threads.open(
      {
        slug: `bench-${id}`,
        headline: 'A story that somebody follows',
        desk: `desk-${n % DESKS}`,
        topics: ['bench'],
        language: 'en',
        claims: [],
        attributions: [],
      },
      { ...context, commandId: id, now: new Date().toISOString() },
    );
    byDesk[n % DESKS] = (byDesk[n % DESKS] ?? 0) + 1;
    if (position !== null && position > last) last = position;
  };
  let n = 0;
  if (pace === null) {
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (performance.now() < until) await open(n++);
      }),
    );
  } else {
    const opening: Promise<void>[] = [];
    for (; performance.now() < until; await delay(1_000 / pace)) opening.push(open(n++));
    await Promise.all(opening);
  }
  const events = byDesk.reduce((sum, count) => sum + count, 0);
  return { perSecond: (events * 1_000) / (performance.now() - start), byDesk, last };
}

async function withClients(ledger: Ledger, url: string, secret: string, pace: number | null) {
  const clients = fork(new URL('./feed-clients.js', import.meta.url), { stdio: 'inherit' });
  try {
    const queries = Array.from({ length: CLIENTS }, (_, n) => (pace === null ? `?desk=desk-${n % DESKS}` : ''));
    await ask(clients, { url, secret, queries });
    const before = performance.eventLoopUtilization();
    const written = await write(ledger, pace, SECONDS);
    const { utilization } = performance.eventLoopUtilization(before);
    const report = await ask<ClientsReport>(clients, { until: written.last.toString() });
    const all = written.byDesk.reduce((sum, count) => sum + count, 0);
    const expected = queries.map((_, n) => (pace === null ? (written.byDesk[n % DESKS] ?? 0) : all));
    const wrong = report.counts.filter((count, n) => count !== expected[n]).length;
    if (wrong > 0 || report.outOfOrder > 0) {
      throw new Error(`${wrong} clients heard more or less than was to be heard, ${report.outOfOrder} messages twice.`);
    }
    const delivered = report.counts.reduce((sum, count) => sum + count, 0);
    const what = pace === null ? 'each client hears one desk of 20' : 'each client hears all, paced';
    console.log(
      `  ${what.padEnd(36)} ${rate(written)}  delivered ${delivered.toLocaleString('en')}, each once` +
        `  latency p50 ${report.p50} ms  p99 ${report.p99} ms  busy ${Math.round(utilization * 100)} %` +
        `${report.reconnects > 0 ? `  ${report.reconnects} reconnects` : ''}`,
    );
    return { perSecond: written.perSecond, delivered, ...report, counts: undefined, utilization };
  } finally {
    clients.kill();
  }
}

function rate({ perSecond }: { readonly perSecond: number }): string {
  return `${Math.round(perSecond).toLocaleString('en').padStart(7)} events/s`;
}

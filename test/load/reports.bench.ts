import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Pool } from 'pg';
import { PROJECTIONS, Projector } from '#read-models';
import { startApi } from '../../apps/api/bootstrap.js';
import type { Ledger } from '../../apps/cli/ledger.js';
import { withBenchLedger } from './bench-database.js';
import { GeneratedLog } from './generated-log.js';
import { processorTime } from './processor-time.js';

/*
 * How long reports take over HTTP on a log of a million events of two years (REPORT_EVENTS: of another size), put
 * through the projections of the reports. The 95th percentile of the runs counts, after one that nobody counts. Processor
 * time is that of API, database and caller together.
 */
const EVENTS = Number(process.env['REPORT_EVENTS'] ?? 1_000_000);
const RUNS = 20;
const GOAL_MS = 200;
const REPORTS = [
  'status',
  'second-source',
  'settling',
  'reversals',
  'denials',
  'take-backs',
  'echoes',
  'open-questions',
  'refusals',
  'throughput',
  'access',
];
const PERIODS = {
  'two years by month': '?from=2024-01-01&to=2025-12-31&interval=month',
  'a year by week, one desk': '?from=2025-01-01&to=2025-12-31&interval=week&desk=asia',
  'a quarter by day, one topic': '?from=2025-07-01&to=2025-09-30&interval=day&topic=russia',
};

await withBenchLedger(bench);

async function bench(ledger: Ledger): Promise<void> {
  console.log(`${cpus().length} cores, Node ${process.version}; ${EVENTS.toLocaleString('en')} events.`);
  await fill(ledger);
  const api = await startApi({ ...ledger, host: '127.0.0.1', port: 0 });
  try {
    const { secret } = await ledger.keys.create({ name: 'bench', role: 'admin', createdBy: 'system:bench' });
    const results: object[] = [];
    let slowest = 0;
    for (const [period, query] of Object.entries(PERIODS)) {
      console.log(`\n${period}`);
      for (const report of REPORTS) {
        const asked = report === 'access' ? (query.split('&interval')[0] ?? '') : query;
        const timed = await measure(`${api.url}/v1/reports/${report}${asked}`, secret ?? '', ledger.pool);
        slowest = Math.max(slowest, timed.p95);
        results.push({ period, report, ...timed });
        console.log(`  ${report.padEnd(16)} ${told(timed)}`);
      }
    }
    const page = await measure(
      `${api.url}/v1/reports/standards?from=2025-01-01&to=2025-12-31`,
      secret ?? '',
      ledger.pool,
    );
    console.log(`\nstandards page of a year: ${told(page)}`);
    console.log(`slowest report: p95 ${slowest.toFixed(0)} ms, goal ${GOAL_MS} ms`);
    await writeFile(join('bench-results', 'reports.json'), `${JSON.stringify({ EVENTS, results, page }, null, 2)}\n`);
  } finally {
    await api.close();
  }
}

async function fill(ledger: Ledger): Promise<void> {
  const started = performance.now();
  const told = (what: string, done: number) => {
    const seconds = (performance.now() - started) / 1_000;
    if (process.stdout.isTTY)
      process.stdout.write(`\r${what} ${done.toLocaleString('en')} (${seconds.toFixed(0)} s)   `);
  };
  const owner = ledger.openOwnerPool();
  try {
    await new GeneratedLog(EVENTS).insert(owner, (done) => told('generated', done));
    const stop = new AbortController();
    const { store, pool } = ledger;
    const projections = PROJECTIONS.filter(({ name }) => name.startsWith('report'));
    const errors: unknown[] = [];
    const projector = new Projector({
      store,
      pool,
      projections,
      batchSize: 5_000,
      onApplied: (position) => {
        told('projected', Number(position) + 1);
        if (position >= EVENTS - 1) stop.abort();
      },
      onError: (error) => {
        errors.push(error);
        stop.abort();
      },
    });
    await projector.run(stop.signal);
    if (errors.length > 0) throw errors[0];
    // As autovacuum would have done by and by.
    await owner.query('VACUUM ANALYZE');
    console.log(`\ngenerated and projected in ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  } finally {
    await owner.end();
  }
}

interface Timed {
  readonly median: number;
  readonly p95: number;
  /** Of one run. */
  readonly cpu: number | null;
}

function told({ median, p95, cpu }: Timed): string {
  const ms = (value: number) => `${value.toFixed(0).padStart(5)} ms`;
  return `median ${ms(median)}  p95 ${ms(p95)}${cpu === null ? '' : `  CPU ${ms(cpu)}`}${p95 > GOAL_MS ? '  above the goal' : ''}`;
}

async function measure(url: string, secret: string, pool: Pool): Promise<Timed> {
  const times: number[] = [];
  let before: number | null = null;
  for (let run = 0; run <= RUNS; run++) {
    if (run === 1) before = await processorTime(pool);
    const start = performance.now();
    const answer = await fetch(url, { headers: { authorization: `Bearer ${secret}` } });
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${body.slice(0, 500)}`);
    if (run > 0) times.push(performance.now() - start);
  }
  const after = await processorTime(pool);
  times.sort((a, b) => a - b);
  const quantile = (part: number) => times[Math.ceil(times.length * part) - 1] ?? Number.NaN;
  const cpu = before === null || after === null ? null : (after - before) / RUNS;
  return { median: quantile(0.5), p95: quantile(0.95), cpu };
}

import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { PROJECTIONS, Projector } from '#read-models';
import type { Ledger } from '../../apps/cli/ledger.js';
import { withBenchLedger } from './bench-database.js';
import { GeneratedLog } from './generated-log.js';
import { whole } from './in-turn.js';
import { processorTime } from './processor-time.js';

/*
 * How far all read models are behind the log, in milliseconds from the answer to an append to its being shown, at half of
 * the load that store and projector keep up with together. One process, as under `storyledger up`. LAG_SECONDS: for how
 * long.
 */
const SECONDS = Number(process.env['LAG_SECONDS'] ?? 20);
const WRITERS = 32;
/** Of each writer: appended, and not shown yet. */
const ON_THE_WAY = 64;
const GOAL_MS = 50;
const WARM_UP_SECONDS = 5;
const WAIT_MS = 60_000;

async function bench(ledger: Ledger): Promise<void> {
  const { pool } = ledger;
  console.log(`${cpus().length} cores, Node ${process.version}; ${PROJECTIONS.length} projections.`);
  const load = new Load(ledger);
  try {
    await load.asMuchAsGoes(WARM_UP_SECONDS);
    const start = await processorTime(pool);
    const most = await load.asMuchAsGoes(SECONDS);
    const full = await processorTime(pool);
    console.log(`  at most, appended and shown  ${whole(most)} events/s  ${costOf(start, full, most * SECONDS)}`);
    // A few events at a time take other paths than hundreds.
    await load.at(most / 2, WARM_UP_SECONDS);
    const before = await processorTime(pool);
    const lags = await load.at(most / 2, SECONDS);
    const cost = costOf(before, await processorTime(pool), lags.length);
    const at = (part: number) => lags[Math.ceil(lags.length * part) - 1] ?? Number.NaN;
    const result = { most, events: lags.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
    console.log(
      `  at ${whole(lags.length / SECONDS)} events/s  lag p50 ${result.p50.toFixed(1)} ms  p99 ${result.p99.toFixed(1)} ms` +
        `  longest ${result.longest.toFixed(0)} ms  ${cost}  (goal: p99 ${GOAL_MS} ms)`,
    );
    await writeFile(join('bench-results', 'lag.json'), `${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await load.end();
  }
}

interface Waiting {
  readonly position: bigint;
  /** Of `performance.now()`. */
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Of this process and the database, appends and the making of events included. */
function costOf(before: number | null, after: number | null, events: number): string {
  return before === null || after === null ? '' : `CPU ${whole(((after - before) * 1_000) / events)} µs an event`;
}

/** Writers with a log of their own each, and the projector that shows what they append. */
class Load {
  private readonly writers = Array.from({ length: WRITERS }, () => new GeneratedLog(1));
  private readonly stop = new AbortController();
  private readonly projecting: Promise<void>;
  private failure: unknown = null;
  private shown = -1n;
  private readonly waiting = new Set<Waiting>();
  private readonly watch = setInterval(() => this.giveUp(), 1_000);

  constructor(private readonly ledger: Ledger) {
    const { store, pool } = ledger;
    this.projecting = new Projector({
      store,
      pool,
      projections: PROJECTIONS,
      onApplied: (position) => this.show(position),
      onError: (error) => {
        this.failure ??= error;
      },
    }).run(this.stop.signal);
  }

  /** Events a second that are shown, with so many on their way that neither store nor projector ever waits for work. */
  async asMuchAsGoes(seconds: number): Promise<number> {
    const until = performance.now() + seconds * 1_000;
    let done = 0;
    await Promise.all(
      this.writers.map(async (writer) => {
        const onTheWay: Promise<void>[] = [];
        while (performance.now() < until) {
          onTheWay.push(this.untilShown(await writer.appendNext(this.ledger.store)));
          if (onTheWay.length < ON_THE_WAY) continue;
          await onTheWay.shift();
          if (performance.now() < until) done += 1;
        }
        await Promise.all(onTheWay);
      }),
    );
    return done / seconds;
  }

  /** In ascending order. At the pace of the clock, whether earlier ones are shown or not. */
  async at(perSecond: number, seconds: number): Promise<readonly number[]> {
    const lags: number[] = [];
    const pace = (1_000 * WRITERS) / perSecond;
    const start = performance.now();
    await Promise.all(
      this.writers.map(async (writer, place) => {
        const seen: Promise<void>[] = [];
        for (let due = start + (place * pace) / WRITERS; due < start + seconds * 1_000; due += pace) {
          await delay(Math.max(0, due - performance.now()));
          const position = await writer.appendNext(this.ledger.store);
          const answered = performance.now();
          seen.push(this.untilShown(position).then(() => void lags.push(performance.now() - answered)));
        }
        await Promise.all(seen);
      }),
    );
    return lags.toSorted((a, b) => a - b);
  }

  async end(): Promise<void> {
    clearInterval(this.watch);
    this.stop.abort();
    await this.projecting;
  }

  private async untilShown(position: bigint): Promise<void> {
    if (this.shown >= position) return;
    await new Promise<void>((resolve, reject) =>
      this.waiting.add({ position, since: performance.now(), resolve, reject }),
    );
  }

  /** One timer for all who wait: one each would be a good part of what is measured. */
  private giveUp(): void {
    const late = performance.now() - WAIT_MS;
    for (const { position, since, reject } of this.waiting) {
      if (this.failure !== null) reject(this.failure);
      else if (since < late) reject(new Error(`Position ${position} was not shown within ${WAIT_MS} ms.`));
    }
  }

  private show(position: bigint): void {
    this.shown = position;
    for (const one of this.waiting) {
      if (one.position > position) continue;
      this.waiting.delete(one);
      one.resolve();
    }
  }
}

// At the end: a class is not there before its line.
await withBenchLedger(bench);

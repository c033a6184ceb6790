import { performance } from 'node:perf_hooks';
import type { Pool } from 'pg';
import { processorTime } from './processor-time.js';

/** One way to do the same work, under measurement. */
export interface Way {
  readonly name: string;
  /** Undoes what the round before has left. Not measured. */
  prepare?(): Promise<void>;
  /** How many events it went through; throws where it went wrong. */
  run(): Promise<number>;
}

export interface Turn {
  readonly seconds: number;
  /** Of this process and the database together; null where the system does not tell. */
  readonly cpuSeconds: number | null;
}

export interface InTurn {
  readonly ways: readonly { readonly name: string; readonly perSecond: number; readonly turns: readonly Turn[] }[];
  /** Of the speed of each way to that of the first. */
  readonly ratios: readonly number[];
}

/**
 * Does it each way in turn, so that what slows the machine for a while slows all, after a round that nobody counts. A round
 * that fails, or goes through another number of events, ends it without a ratio.
 */
export async function inTurn(pool: Pool, events: number, rounds: number, ways: readonly Way[]): Promise<InTurn> {
  const turns = ways.map((): Turn[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [place, way] of ways.entries()) {
      const turn = await measured(pool, events, way);
      if (round > 0) turns[place]?.push(turn);
    }
  }
  const results = ways.map(({ name }, place) => {
    const own = turns[place] ?? [];
    const perSecond = events / median(own.map(({ seconds }) => seconds));
    const all = own.map(({ seconds }) => events / seconds);
    const cpu = own.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
    const cost = cpu.length === 0 ? '' : `  CPU ${((1e6 * median(cpu)) / events).toFixed(1)} µs an event`;
    console.log(
      `  ${name.padEnd(44)} ${whole(perSecond).padStart(9)} events/s  (${whole(Math.min(...all))} to ${whole(Math.max(...all))})${cost}`,
    );
    return { name, perSecond, turns: own };
  });
  const first = results[0]?.perSecond ?? Number.NaN;
  return { ways: results, ratios: results.map(({ perSecond }) => perSecond / first) };
}

async function measured(pool: Pool, events: number, way: Way): Promise<Turn> {
  await way.prepare?.();
  const before = await processorTime(pool);
  const start = performance.now();
  const done = await way.run();
  const seconds = (performance.now() - start) / 1_000;
  const after = await processorTime(pool);
  if (done !== events) throw new Error(`${way.name} went through ${done} events instead of ${events}.`);
  return { seconds, cpuSeconds: before === null || after === null ? null : (after - before) / 1_000 };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

import { performance } from 'node:perf_hooks';
import { median, whole } from './in-turn.js';
import { WRITERS } from './workload.js';

/** One way to append, under measurement. */
export interface Contender {
  readonly name: string;
  /** Before each round, not measured. */
  prepare?(): Promise<void>;
  /** Appends one event for a writer (0 to 127) and resolves once it is durable. */
  append(writer: number): Promise<void>;
  /** Events that the log holds. */
  count(): Promise<number>;
}

export interface Round {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Lets writers append for a time. Throws when an append failed or the log does not hold what was acknowledged. */
export async function measure(contender: Contender, milliseconds: number, writers = WRITERS): Promise<Round> {
  await contender.prepare?.();
  const before = await contender.count();
  const latencies: number[] = [];
  const start = performance.now();
  const until = start + milliseconds;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let at = performance.now(); at < until; ) {
        await contender.append(writer);
        const now = performance.now();
        latencies.push(now - at);
        at = now;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  const added = (await contender.count()) - before;
  if (added !== latencies.length) {
    throw new Error(`${contender.name}: ${latencies.length} appends were acknowledged, ${added} events are there.`);
  }
  latencies.sort((a, b) => a - b);
  const quantile = (part: number) => latencies[Math.floor(latencies.length * part)] ?? Number.NaN;
  return { perSecond: added / seconds, p50: quantile(0.5), p99: quantile(0.99) };
}

/** What Storyledger is compared with, and by how much it is to be faster. */
export interface Peer {
  readonly contender: Contender;
  readonly goal: number;
}

/** Of the medians of all rounds. */
export interface Comparison {
  readonly name: string;
  readonly ratios: readonly { readonly to: string; readonly ratio: number; readonly goal: number }[];
  readonly contenders: readonly { readonly name: string; readonly rounds: readonly Round[] }[];
}

export interface Rounds {
  readonly rounds: number;
  readonly milliseconds: number;
  readonly warmUp: number;
  readonly writers?: number;
}

/**
 * Rounds in turn, so that what slows the machine for a while slows all. A round that fails ends the comparison: there
 * is no ratio of something that did not work.
 */
export async function compare(
  name: string,
  ours: Contender,
  peers: readonly Peer[],
  { rounds, milliseconds, warmUp, writers }: Rounds,
): Promise<Comparison> {
  const contenders = [...peers.map(({ contender }) => contender), ours];
  for (const contender of contenders) await measure(contender, warmUp, writers);
  const results = new Map(contenders.map((contender) => [contender, [] as Round[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [contender, taken] of results) taken.push(await measure(contender, milliseconds, writers));
  }
  for (const [contender, taken] of results) console.log(lineOf(contender, taken));
  const speedOf = (contender: Contender) => median((results.get(contender) ?? []).map(({ perSecond }) => perSecond));
  const ratios = peers.map(({ contender, goal }) => ({
    to: contender.name,
    ratio: speedOf(ours) / speedOf(contender),
    goal,
  }));
  for (const { to, ratio, goal } of ratios) console.log(`  ${ratio.toFixed(2)} times ${to} (goal ${goal})`);
  return {
    name,
    ratios,
    contenders: [...results].map(([contender, taken]) => ({ name: contender.name, rounds: taken })),
  };
}

function lineOf({ name }: Contender, rounds: readonly Round[]): string {
  const speeds = rounds.map(({ perSecond }) => perSecond);
  const at = (pick: (round: Round) => number) => `${median(rounds.map(pick)).toFixed(1)} ms`;
  return (
    `  ${name.padEnd(44)} ${whole(median(speeds)).padStart(8)} events/s  (${whole(Math.min(...speeds))} to ${whole(Math.max(...speeds))})` +
    `  p50 ${at((round) => round.p50)}  p99 ${at((round) => round.p99)}`
  );
}

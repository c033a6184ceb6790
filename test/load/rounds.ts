import { performance } from 'node:perf_hooks';
import { WRITERS } from './workload.js';

/** One way to append, under measurement. */
export interface Contender {
  readonly name: string;
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

/** Lets 128 writers append for a time. Throws when an append failed or the log does not hold what was acknowledged. */
export async function measure(contender: Contender, milliseconds: number): Promise<Round> {
  const before = await contender.count();
  const latencies: number[] = [];
  const start = performance.now();
  const until = start + milliseconds;
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
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

/** Of the medians of all rounds. */
export interface Comparison {
  readonly name: string;
  readonly ratio: number;
  readonly contenders: readonly { readonly name: string; readonly rounds: readonly Round[] }[];
}

/**
 * Rounds in turn, so that what slows the machine for a while slows both. A round that fails ends the comparison: there
 * is no ratio of something that did not work.
 */
export async function compare(
  name: string,
  plain: Contender,
  ours: Contender,
  options: { readonly rounds: number; readonly milliseconds: number; readonly warmUp: number },
): Promise<Comparison> {
  for (const contender of [plain, ours]) await measure(contender, options.warmUp);
  const results = new Map<Contender, Round[]>([
    [plain, []],
    [ours, []],
  ]);
  for (let round = 0; round < options.rounds; round++) {
    for (const [contender, rounds] of results) rounds.push(await measure(contender, options.milliseconds));
  }
  for (const [{ name }, rounds] of results) {
    const speeds = rounds.map(({ perSecond }) => perSecond);
    const at = (pick: (round: Round) => number) => `${median(rounds.map(pick)).toFixed(1)} ms`;
    console.log(
      `  ${name.padEnd(44)} ${whole(median(speeds)).padStart(8)} events/s  (${whole(Math.min(...speeds))} to ${whole(Math.max(...speeds))})` +
        `  p50 ${at((round) => round.p50)}  p99 ${at((round) => round.p99)}`,
    );
  }
  const speedOf = (contender: Contender) => median((results.get(contender) ?? []).map(({ perSecond }) => perSecond));
  const ratio = speedOf(ours) / speedOf(plain);
  console.log(`  ratio ${ratio.toFixed(2)}`);
  return { name, ratio, contenders: [...results].map(([contender, rounds]) => ({ name: contender.name, rounds })) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

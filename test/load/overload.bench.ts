import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { OVERLOAD_LIMITS } from '../../apps/api/http/overload.js';
import type { Ledger } from '../../apps/cli/ledger.js';
import { ask } from './ask.js';
import { withBenchLedger } from './bench-database.js';
import type { Load, LoadOrder } from './http-load.js';
import { benchProcess, ServerProcess } from './http-processes.js';
import { attributionBody, openThreads, registerSources, SLUGS, slug } from './http-story.js';
import { median, whole } from './in-turn.js';

/*
 * What the API still gets done while four times as many clients come as it can serve. The clients are rude: who is
 * turned away comes again at once, whatever Retry-After says.
 */
const ROUNDS = Number(process.env['OVERLOAD_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['OVERLOAD_SECONDS'] ?? 6);
const CANDIDATES = [64, 128, 256, 512];
const TIMES = 4;
const GOAL = 0.8;
/** All connections together: more than are sent in a round, for the load generator is told of each. */
const REQUESTS = 60_000;

interface Round {
  readonly perSecond: number;
  readonly turnedAway: number;
}

await withBenchLedger(bench);

async function bench(ledger: Ledger): Promise<void> {
  await registerSources(ledger);
  const { secret } = await ledger.keys.create({ name: 'bench', role: 'reporter', createdBy: 'system:bench' });
  const server = await ServerProcess.start('storyledger', null);
  const load = benchProcess('http-load');
  let turn = 0;
  const run = async (connections: number, seconds = SECONDS): Promise<Round> => {
    // Threads of its own, none longer than those of the rounds before.
    await openThreads(ledger, turn * SLUGS, 0);
    const requests = posts(connections, turn++);
    const order = { url: server.url, seconds, connections, secret, requests } as LoadOrder;
    const { answered, failed, turnedAway, ...took } = await ask<Load>(load, order);
    if (answered === 0 || failed > turnedAway) {
      const counts = `${answered} requests succeeded, ${turnedAway} were turned away, ${failed - turnedAway} failed`;
      throw new Error(`${counts} with ${connections} connections.`);
    }
    return { perSecond: answered / took.seconds, turnedAway: turnedAway / took.seconds };
  };
  try {
    console.log(
      `${cpus().length} cores, Node ${process.version}; POST of an attribution, ${ROUNDS} rounds of ${SECONDS} s.`,
    );
    await run(64, 3);
    const best = await bestOf(run);
    const loads = {
      maximum: best,
      'four times the clients': best * TIMES,
      'four times what is let in': OVERLOAD_LIMITS.mostInWork * TIMES,
    };
    const rounds = new Map(Object.keys(loads).map((name) => [name, [] as Round[]]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, connections] of Object.entries(loads)) rounds.get(name)?.push(await run(connections));
    }
    const speedOf = (name: string) => median((rounds.get(name) ?? []).map(({ perSecond }) => perSecond));
    const results = Object.entries(loads).map(([name, connections]) => {
      const ratio = speedOf(name) / speedOf('maximum');
      const turnedAway = median((rounds.get(name) ?? []).map((one) => one.turnedAway));
      console.log(
        `  ${name.padEnd(26)} ${String(connections).padStart(5)} connections  ${whole(speedOf(name)).padStart(6)} accepted/s` +
          `  ${whole(turnedAway).padStart(6)} turned away/s  ${ratio.toFixed(2)} of the maximum (goal ${GOAL})`,
      );
      return { name, connections, ratio, rounds: rounds.get(name) };
    });
    const { status } = await fetch(`${server.url}/health/live`);
    console.log(`  afterwards it is alive: ${status === 200}`);
    await writeFile(join('bench-results', 'overload.json'), `${JSON.stringify({ goal: GOAL, results }, null, 2)}\n`);
  } finally {
    load.kill();
    await server.stop();
  }
}

/** The number of clients that gets most done. */
async function bestOf(run: (connections: number, seconds?: number) => Promise<Round>): Promise<number> {
  const tried = [];
  for (const connections of CANDIDATES) tried.push({ connections, ...(await run(connections)) });
  console.log(`  by clients: ${tried.map((one) => `${one.connections}: ${whole(one.perSecond)}/s`).join(', ')}`);
  return tried.toSorted((left, right) => right.perSecond - left.perSecond)[0]?.connections ?? 64;
}

function posts(connections: number, turn: number): LoadOrder['requests'] {
  const each = Math.ceil(REQUESTS / connections);
  return Array.from({ length: connections }, (_, connection) =>
    Array.from({ length: each }, (_, at) => {
      const n = turn * 2 * REQUESTS + connection * each + at;
      return {
        path: `/v1/threads/${slug(turn * SLUGS + (n % SLUGS))}/attributions`,
        body: JSON.stringify(attributionBody(n)),
      };
    }),
  );
}

import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Ledger } from '../../apps/cli/ledger.js';
import { startProjector } from '../../apps/projector/start-projector.js';
import { ask } from './ask.js';
import { withBenchLedger } from './bench-database.js';
import type { Load, LoadOrder } from './http-load.js';
import { benchProcess, type ServerName as Name, ServerProcess as Server } from './http-processes.js';
import { attributionBody, fillNewsroom, SLUGS, slug } from './http-story.js';
import { median, whole } from './in-turn.js';

/*
 * Three servers in a process each, and who sends the requests in another: `node:http` and Fastify that do nothing but
 * echo, and the API. A POST to the API is a key checked, a body validated, a decision, and an append that is durable.
 */
const ROUNDS = Number(process.env['HTTP_ROUNDS'] ?? 5);
const SECONDS = Number(process.env['HTTP_SECONDS'] ?? 5);
const CONNECTIONS = 64;
const REQUESTS_A_CONNECTION = 500;
/** Until V8 has compiled what a request runs, which takes thousands of them. */
const WARM_UP_REQUESTS = 10_000;
const LONGEST_WARM_UP = 8;
const ATTRIBUTIONS_A_THREAD = 10;
const GOALS = { post: 0.6, get: 0.7 } as const;

interface Round {
  readonly perSecond: number;
  /** Processor time of the server's process, in microseconds a request. */
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
}

await withBenchLedger(bench);

async function bench(ledger: Ledger): Promise<void> {
  console.log(
    `${cpus().length} cores, Node ${process.version}; ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s.`,
  );
  await fillNewsroom(ledger, ATTRIBUTIONS_A_THREAD);
  await project(ledger);
  const { secret } = await ledger.keys.create({ name: 'bench', role: 'reporter', createdBy: 'system:bench' });
  const shown = await threadAnswer(secret ?? '');
  const servers = new Map<Name, Server>();
  const load = benchProcess('http-load');
  try {
    for (const name of ['node', 'fastify', 'storyledger'] as const) servers.set(name, await Server.start(name, shown));
    const send = (url: string, seconds: number, requests: LoadOrder['requests']) =>
      ask<Load>(load, { url, seconds, connections: CONNECTIONS, secret, requests } as LoadOrder);
    const results = {
      post: await measure('POST an attribution', servers, GOALS.post, (server, seconds, round) =>
        counted(ledger, server, () => send(server.url, seconds, posts(round))),
      ),
      get: await measure('GET a thread with its claims', servers, GOALS.get, (server, seconds) =>
        send(server.url, seconds, gets()),
      ),
    };
    await writeFile(join('bench-results', 'http.json'), `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    load.kill();
    for (const server of servers.values()) await server.stop();
  }
}

/** Lets the read models catch up, and rests: what is measured is the API. */
async function project(ledger: Ledger): Promise<void> {
  const projector = startProjector({ ...ledger, checkpointMs: 60_000 });
  try {
    const head = await ledger.store.head();
    if (!(await ledger.waiter.waitFor(head, 120_000))) throw new Error('The read models do not catch up.');
  } finally {
    await projector.stop();
  }
}

/** No round counts whose requests did not all succeed, or whose answers do not stand in the log. */
async function counted(ledger: Ledger, server: Server, send: () => Promise<Load>): Promise<Load> {
  const before = await ledger.store.head();
  const load = await send();
  if (server.name !== 'storyledger') return load;
  const added = Number((await ledger.store.head()) - before);
  // When the time was over, one on each connection was under way, and one perhaps answered but not counted any more.
  if (added < load.answered || added > load.answered + 2 * CONNECTIONS) {
    throw new Error(`${load.answered} attributions were acknowledged, ${added} events were added.`);
  }
  return load;
}

async function measure(
  what: string,
  servers: ReadonlyMap<Name, Server>,
  goal: number,
  send: (server: Server, seconds: number, round: number) => Promise<Load>,
): Promise<object> {
  console.log(`\n${what}`);
  const rounds = new Map<Name, Round[]>([...servers.keys()].map((name) => [name, []]));
  for (const server of servers.values()) await warmUp((round) => send(server, SECONDS, round));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, server] of servers) {
      const before = await server.use();
      const load = await send(server, SECONDS, round);
      const { cpu } = await server.use();
      if (load.failed > 0 || load.answered === 0) {
        throw new Error(
          `${name}: ${load.failed} requests failed, ${load.answered} succeeded. There is no ratio of that.`,
        );
      }
      const { answered, seconds, p50, p99 } = load;
      rounds.get(name)?.push({ perSecond: answered / seconds, cpu: (cpu - before.cpu) / answered, p50, p99 });
    }
  }
  for (const [name, its] of rounds) report(name, its);
  const of = (name: Name, pick: (round: Round) => number) => median((rounds.get(name) ?? []).map(pick));
  const ratios = {
    throughput: of('storyledger', ({ perSecond }) => perSecond) / of('fastify', ({ perSecond }) => perSecond),
    cpu: of('fastify', ({ cpu }) => cpu) / of('storyledger', ({ cpu }) => cpu),
  };
  console.log(
    `  ratio to bare Fastify ${ratios.throughput.toFixed(2)} (goal ${goal}); by processor time of the server ${ratios.cpu.toFixed(2)}`,
  );
  return { goal, ratios, rounds: Object.fromEntries(rounds) };
}

async function warmUp(send: (round: number) => Promise<Load>): Promise<void> {
  let answered = 0;
  for (let turn = 1; turn <= LONGEST_WARM_UP && answered < WARM_UP_REQUESTS; turn++) {
    answered += (await send(-turn)).answered;
  }
}

function report(name: Name, rounds: readonly Round[]): void {
  const speeds = rounds.map(({ perSecond }) => perSecond);
  const costs = rounds.map(({ cpu }) => cpu);
  const range = (values: readonly number[]) => `(${whole(Math.min(...values))} to ${whole(Math.max(...values))})`;
  console.log(
    `  ${name.padEnd(12)} ${whole(median(speeds)).padStart(7)} requests/s ${range(speeds).padEnd(20)}` +
      ` ${whole(median(costs)).padStart(5)} µs CPU each ${range(costs).padEnd(14)}` +
      ` p50 ${median(rounds.map(({ p50 }) => p50))} ms  p99 ${median(rounds.map(({ p99 }) => p99))} ms`,
  );
}

/** In a round no connection says what another says, so that nothing is taken for a repetition. */
function posts(round: number): LoadOrder['requests'] {
  return Array.from({ length: CONNECTIONS }, (_, connection) =>
    Array.from({ length: REQUESTS_A_CONNECTION }, (_, at) => {
      const n = ((round + LONGEST_WARM_UP) * CONNECTIONS + connection) * REQUESTS_A_CONNECTION + at;
      return { path: `/v1/threads/${slug(n % SLUGS)}/attributions`, body: JSON.stringify(attributionBody(n)) };
    }),
  );
}

function gets(): LoadOrder['requests'] {
  return Array.from({ length: CONNECTIONS }, (_, connection) =>
    Array.from({ length: SLUGS }, (_, at) => ({ path: `/v1/threads/${slug((connection + at) % SLUGS)}` })),
  );
}

/** What the API answers, for the others to answer the same. */
async function threadAnswer(secret: string): Promise<unknown> {
  const server = await Server.start('storyledger', null);
  try {
    const answer = await fetch(`${server.url}/v1/threads/${slug(0)}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    if (answer.status !== 200) throw new Error(`The API answers ${answer.status}.`);
    return await answer.json();
  } finally {
    await server.stop();
  }
}

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, json } from './answer-check.js';
import { FuzzClient } from './fuzz-client.js';
import { type FuzzRequest, plannedRequest } from './fuzz-request.js';
import { type FuzzedApi, startFuzzedApi } from './fuzzed-api.js';
import { MARKER } from './hostile-values.js';
import { Known } from './known.js';
import { ledgerFaults } from './ledger-check.js';
import { OPERATIONS } from './operations.js';

/** `npm run test:fuzz` sets both: many requests, and another seed at each run. */
const REQUESTS = Number(process.env['REQUESTS'] ?? 600);
const SEED = Number(process.env['SEED'] ?? 20_231_109);
const AT_ONCE = 8;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const ROLES = ['admin', 'editor', 'reporter', 'reader'] as const;

describe(`requests of every route, seed ${SEED}`, () => {
  let fuzzed: FuzzedApi;
  const secrets = new Map<string, string>();
  const counts = new Map<number, number>();
  const reached = new Set<string>();
  const faults: string[] = [];
  const heap: number[] = [];

  beforeAll(async () => {
    fuzzed = await startFuzzedApi();
    for (const role of ROLES) secrets.set(role, await fuzzed.api.secret(role));
    const { items: own } = await fuzzed.api.parts.keys.list({ limit: 10, cursor: null });
    const known = new Known(new Set(own.map(({ keyId }) => keyId)));
    const client = new FuzzClient(fuzzed.port);
    const plans = fc.sample(plannedRequest, { numRuns: REQUESTS, seed: SEED });
    const one = async (request: FuzzRequest) => {
      const { operation } = request;
      const name = `${operation.method} ${operation.path}`;
      try {
        const answer = await client.send(request, request.as === null ? null : (secrets.get(request.as) ?? null));
        counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
        if (answer.status < 300) reached.add(name);
        if (answer.type.startsWith('application/json')) known.learn(json(answer.body));
        for (const fault of faultsOf(request, answer))
          faults.push(`${fault}\n${told(request)}\n${answer.body.subarray(0, 600)}`);
      } catch (error) {
        faults.push(`${error}\n${told(request)}`);
      }
    };
    let next = 0;
    const worker = async () => {
      for (let at = next++; at < plans.length; at = next++) {
        const plan = plans[at];
        if (plan !== undefined) await one(plan.with(known));
        if (at % Math.ceil(plans.length / 10) === 0) heap.push(heapUsed());
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    client.close();
  }, 3_600_000);
  afterAll(() => fuzzed.close());

  it('are all answered as the OpenAPI document says, none with an error of ours', () => {
    tell(`${REQUESTS} requests, by status: ${JSON.stringify(Object.fromEntries([...counts].sort()))}`);
    expect(faults.slice(0, 20).join('\n\n')).toBe('');
  });

  it('get far enough to change things and to read them', () => {
    // A fuzz that is only ever refused at the door has tried nothing else.
    if (REQUESTS >= 5_000) expect(reached.size).toBeGreaterThan(OPERATIONS.length * 0.8);
    expect(counts.get(200) ?? 0).toBeGreaterThan(REQUESTS / 10);
    expect(counts.get(201) ?? 0).toBeGreaterThan(REQUESTS / 200);
    expect(counts.get(400) ?? 0).toBeGreaterThan(REQUESTS / 20);
  });

  it('leave a ledger that verifies, and read models that equal a rebuild', async () => {
    expect(await ledgerFaults(fuzzed.api)).toEqual([]);
  }, 600_000);

  it('leave no secret in the log, and nothing that people said', () => {
    const log = fuzzed.log.join('');
    expect(fuzzed.log.length).toBeGreaterThanOrEqual(REQUESTS / 2);
    for (const secret of secrets.values()) expect(log).not.toContain(secret.slice(-20));
    const lines = fuzzed.log.filter((line) => line.includes(MARKER));
    expect(lines.slice(0, 5)).toEqual([]);
  });

  it.runIf(REQUESTS >= 5_000)('take no memory that is not given back', () => {
    const half = heap.slice(Math.floor(heap.length / 2));
    const grown = Math.max(...half.slice(-2)) - Math.min(...half.slice(0, 2));
    tell(`heap in MB through the run: ${heap.map((bytes) => Math.round(bytes / 1e6)).join(', ')}`);
    expect(grown).toBeLessThan(64e6);
  });
});

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Enough to send it again. */
function told({ operation, target, headers, body, as }: FuzzRequest): string {
  const text = body === null ? '' : `\n${body.length} bytes: ${body.subarray(0, 1_500).toString('utf8')}`;
  return `${operation.method} ${target.slice(0, 500)} as ${as} ${JSON.stringify(headers).slice(0, 500)}${text}`;
}

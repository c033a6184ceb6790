import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, postgresPid, StoryledgerProcess } from './storyledger-process.js';

describe('storyledger up whose PostgreSQL dies', () => {
  let home: Awaited<ReturnType<typeof dataFolder>>;
  let up: StoryledgerProcess;
  let address: string;
  let key: string;
  const headers = () => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
  const post = (path: string, body: object) =>
    fetch(`${address}${path}`, { method: 'POST', headers: headers(), body: JSON.stringify(body) });
  const get = async (path: string) => {
    const answer = await fetch(`${address}${path}`, { headers: headers() });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const isReady = async () => (await get('/health/ready')).body['ready'];
  const start = async () => {
    up = new StoryledgerProcess(['up'], { STORYLEDGER_HOME: home.path });
    address = await up.address();
  };
  const postmaster = async () => {
    const pid = await postgresPid(home.path);
    if (pid === null) throw new Error('There is no PostgreSQL.');
    return pid;
  };
  /** Answers the position that shows it, or null when it was not acknowledged. */
  const attribute = async (attribution: string) => {
    const body = { claim: 'claim', key: attribution, stance: 'report', statedAt: '2026-01-01T00:00:00Z' };
    const answer = await post('/v1/threads/survives/attributions', body).catch(() => null);
    if (answer?.status !== 201) return null;
    const receipt = (await answer.json().catch(() => null)) as { position: string } | null;
    return receipt === null ? null : BigInt(receipt.position);
  };
  const storedAfter = async (position: bigint) => {
    await get(`/v1/threads/survives?after=${position}`);
    const stored: string[] = [];
    for (let cursor: unknown = null; ; ) {
      const next = cursor === null ? '' : `&cursor=${cursor}`;
      const { status, body } = await get(`/v1/threads/survives/attributions?limit=200${next}`);
      expect(status).toBe(200);
      stored.push(...(body['items'] as { key: string }[]).map((item) => item.key));
      cursor = body['next'];
      if (cursor === null) return stored;
    }
  };

  beforeAll(async () => {
    home = await dataFolder();
    await start();
    [, key = ''] = await up.says(/Administrator key, shown this once: (sl_\S+)/);
    const claims = [{ key: 'claim', statement: 'It survives' }];
    const opened = await post('/v1/threads', { slug: 'survives', headline: 'Survives', desk: 'test', claims });
    expect(opened.status).toBe(201);
  });
  afterAll(async () => {
    await up.stop();
    await home.remove();
  });

  it('starts it again, although a backend of it hangs on, and loses nothing acknowledged', async () => {
    const acknowledged: string[] = [];
    let last = 0n;
    let writing = true;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; writing; n++) {
        const attribution = `w${writer}-${n}`;
        const position = await attribute(attribution);
        if (position === null) continue;
        acknowledged.push(attribution);
        if (position > last) last = position;
      }
    });
    for (let round = 1; round <= 2; round++) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 100);
      const pid = await postmaster();
      const [backend] = await backendsOf(pid);
      if (backend === undefined) throw new Error('It serves nobody.');
      // Stopped, it does not notice that its server is gone, and holds the shared memory.
      process.kill(backend, 'SIGSTOP');
      process.kill(pid, 'SIGKILL');
      await expect.poll(isReady, { interval: 5 }).toBe(false);
      await expect.poll(() => up.output.split('is up again').length - 1).toBe(round);
      await expect.poll(isReady).toBe(true);
      expect(await postmaster()).not.toBe(pid);
    }
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 100);
    writing = false;
    await Promise.all(writers);
    const stored = await storedAfter(last);
    expect(new Set(stored).size).toBe(stored.length);
    expect(acknowledged.filter((one) => !stored.includes(one))).toEqual([]);
    expect((await get('/v1/threads/survives')).body).toMatchObject({ attributionCount: stored.length });
    expect(up.output).toContain('"how":"SIGKILL"');
  });

  it('ends with what is wrong when it cannot be started again, and goes on once that is put right', async () => {
    const file = join(home.path, 'database', 'postgres', 'global', 'pg_control');
    const stored = await storedAfter(0n);
    await rename(file, `${file}.aside`);
    process.kill(await postmaster(), 'SIGKILL');
    await up.says(/"attempt":\d,/);
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { ready: false } });
    const { code, output } = await up.ended();
    expect(code).toBe(1);
    const ending =
      /^The embedded PostgreSQL ended by itself, and in \d+ tries did not come back: .*\/pg_control is missing/m;
    expect(output).toMatch(ending);
    expect(output).not.toContain('Stopped.');
    expect(await postgresPid(home.path)).toBeNull();
    await rename(`${file}.aside`, file);
    await start();
    expect(await storedAfter(0n)).toEqual(stored);
  }, 180_000);

  it('ends at once when asked to between two tries', async () => {
    const file = join(home.path, 'database', 'postgres', 'global', 'pg_control');
    await rename(file, `${file}.aside`);
    process.kill(await postmaster(), 'SIGKILL');
    await up.says(/"attempt":6,/);
    const asked = performance.now();
    expect(await up.stop('SIGINT')).toMatchObject({ code: 0, output: expect.stringContaining('Stopped.') });
    // As long as the pause that follows would be.
    expect(performance.now() - asked).toBeLessThan(8_000);
    await rename(`${file}.aside`, file);
  });
});

/** The processes of a PostgreSQL that serve clients. */
async function backendsOf(postmaster: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', `${postmaster}`]);
  return [...stdout.matchAll(/^\s*(\d+) postgres: storyledger_owner /gm)].map(([, pid]) => Number(pid));
}

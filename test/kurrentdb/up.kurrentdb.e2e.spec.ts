import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataFolder, run, StoryledgerProcess } from '../processes/storyledger-process.js';
import { describeWithKurrentDb, openTestLog, type TestLog } from '../setup/kurrentdb.js';

/** The built program as a person runs it, with its log in a real KurrentDB that goes away and comes back. */
describeWithKurrentDb('storyledger up on a real KurrentDB', { startsServers: true }, () => {
  let log: TestLog;
  let home: Awaited<ReturnType<typeof dataFolder>>;
  let up: StoryledgerProcess;
  let address: string;
  let key: string;
  const settings = () => ({ STORYLEDGER_HOME: home.path, EVENT_STORE_URL: log.url });
  const get = async (path: string) => {
    const answer = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${key}` } });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const record = (name: string) =>
    fetch(`${address}/v1/threads/kim-putin-visit/attributions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ claim: 'departed', key: name, stance: 'report', statedAt: '2023-09-12T00:00:00Z' }),
    });
  beforeAll(async () => {
    [log, home] = await Promise.all([openTestLog(), dataFolder()]);
    up = new StoryledgerProcess(['up', '--demo'], settings());
    address = await up.address();
    [, key = ''] = await up.says(/Administrator key, shown this once: (sl_\S+)/);
  }, 180_000);
  afterAll(async () => {
    await up.stop();
    await log.dispose();
    await home.remove();
  });

  it('tells the seed story, and its read models have it', async () => {
    await expect.poll(async () => (await get('/v1/threads/kim-putin-visit')).body['status']).toBe('confirmed');
    expect((await get('/health/ready')).status).toBe(200);
    const { output } = await run(['projections', 'status'], settings());
    expect(output).toMatch(/thread-board\s+at \d{20,39} of \d{20,39}, lag 0, /);
  });

  it('reads what it has written, at a position of 39 digits or fewer', async () => {
    const answer = await record('read-your-writes');
    const { position } = (await answer.json()) as { position: string };
    expect(answer.status).toBe(201);
    const shown = await get(`/v1/threads/kim-putin-visit/attributions?after=${position}&limit=200`);
    expect(JSON.stringify(shown.body)).toContain('read-your-writes');
  });

  it('says that it is not ready while the server is gone, and answers what was asked meanwhile once it is back', async () => {
    await log.server?.kill();
    await expect.poll(async () => (await get('/health/ready')).status).toBe(503);
    expect((await get('/health/ready')).body).toMatchObject({ database: { ok: true }, eventStore: { ok: false } });
    const asked = record('while-it-was-gone');
    await log.server?.restart();
    const answer = await asked;
    // A machine that takes longer to start the server than a request waits says so; it never says 500.
    expect([201, 503]).toContain(answer.status);
    await expect.poll(async () => (await record('while-it-was-gone')).status, { timeout: 60_000 }).toBeLessThan(300);
    await expect.poll(async () => (await get('/health/ready')).status, { timeout: 30_000 }).toBe(200);
  }, 120_000);

  it('shows once what was recorded then', async () => {
    const stored = await get('/v1/threads/kim-putin-visit/events?limit=200');
    expect(JSON.stringify(stored.body).match(/while-it-was-gone/g)).toHaveLength(1);
  });

  it('says at the next start what is the matter, without the address of an account', async () => {
    await up.stop();
    await log.server?.kill();
    const { code, output } = await run(['projections', 'status'], {
      ...settings(),
      EVENT_STORE_URL: log.url.replace('//', '//ops:secret@'),
    });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^The event store of EVENT_STORE_URL at 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/m,
    );
    expect(output).not.toContain('secret');
  });
});

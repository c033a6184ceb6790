import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, postgresPid, run, StoryledgerProcess } from './storyledger-process.js';

describe('storyledger up', () => {
  let home: Awaited<ReturnType<typeof dataFolder>>;
  let up: StoryledgerProcess;
  let address: string;
  let key: string;
  const settings = () => ({ STORYLEDGER_HOME: home.path });
  const get = async (path: string, as = key) => {
    const answer = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${as}` } });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const post = (path: string, body: object) =>
    fetch(`${address}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const start = async (...args: string[]) => {
    up = new StoryledgerProcess(['up', ...args], settings());
    address = await up.address();
  };
  beforeAll(async () => {
    home = await dataFolder();
    await start('--demo');
  });
  afterAll(async () => {
    await up.stop();
    await home.remove();
  });

  it('says where to look, and shows the administrator key', async () => {
    [, key = ''] = await up.says(/Administrator key, shown this once: (sl_\S+)/);
    expect(up.output).toMatch(/Reference\s+http:\/\/127\.0\.0\.1:\d+\/docs/);
    // Before the address a person sees nothing that is meant for machines.
    expect(up.output.split('Storyledger is up.')[0]).not.toContain('{"level"');
    expect((await get('/health/ready')).status).toBe(200);
    expect((await get('/v1/threads/kim-putin-visit')).body).toMatchObject({ status: 'confirmed' });
  });

  it('offers the console first, and a link that signs in once', async () => {
    const [, first] = /Storyledger is up\.\n(.*)\n/.exec(up.output) ?? [];
    expect(first).toBe(`  Console    ${address}/`);
    const [, link, to] = /\/sign-in#link=([\w-]{43})&to=(\S+)/.exec(up.output) ?? [];
    expect(to).toBe('/threads/kim-putin-visit');
    const signIn = () =>
      fetch(`${address}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ link }),
      });
    expect((await signIn()).status).toBe(201);
    expect((await signIn()).status).toBe(401);
  });

  it('is left alone by a second one in the same folder', async () => {
    const second = await run(['up'], settings());
    expect(second).toMatchObject({ code: 0, output: expect.stringContaining(`is running in this folder: ${address}`) });
    expect((await get('/health/live')).status).toBe(200);
  });

  it('lets other commands work beside it', async () => {
    expect((await run(['projections', 'status'], settings())).output).toMatch(/thread-board\s+at 33 of 33, lag 0, /);
    const rebuilt = await run(['projections', 'rebuild', '--all'], settings());
    expect(rebuilt).toMatchObject({ code: 0, output: expect.stringContaining('thread-board is rebuilt.') });
    expect((await get('/v1/threads/kim-putin-visit')).body).toMatchObject({ status: 'confirmed' });
    const unknown = await run(['projections', 'rebuild', 'boards'], settings());
    expect(unknown).toMatchObject({ code: 1, output: expect.stringContaining('Name one of thread-board, claim') });
  });

  it('says so when the port is in use, and leaves nothing behind', async () => {
    const other = await dataFolder();
    const port = new URL(address).port;
    const second = await run(['up'], { STORYLEDGER_HOME: other.path, PORT: port });
    expect(second).toMatchObject({
      code: 1,
      output: `Port ${port} on 127.0.0.1 is in use. Stop what uses it, or set PORT to another (0: any free).\n`,
    });
    expect(await postgresPid(other.path)).toBeNull();
    await other.remove();
  });

  it('ends cleanly at Ctrl-C, and has its data at the next start', async () => {
    expect(await up.stop('SIGINT')).toMatchObject({ code: 0, output: expect.stringContaining('Stopped.') });
    expect(await postgresPid(home.path)).toBeNull();
    await start();
    expect(up.output).not.toContain('sl_');
    expect((await get('/v1/threads/kim-putin-visit')).body).toMatchObject({ status: 'confirmed' });
  });

  it('killed while many write has every acknowledged write once, and read models that agree', async () => {
    const opened = await post('/v1/threads', {
      slug: 'killed',
      headline: 'Killed',
      desk: 'test',
      claims: [{ key: 'claim', statement: 'It survives' }],
    });
    expect(opened.status).toBe(201);
    const acknowledged: string[] = [];
    let last = 0n;
    let writing = true;
    const writers = Array.from({ length: 32 }, async (_, writer) => {
      for (let n = 0; writing; n++) {
        const attribution = `w${writer}-${n}`;
        const answer = await post('/v1/threads/killed/attributions', {
          claim: 'claim',
          key: attribution,
          stance: 'report',
          statedAt: '2026-01-01T00:00:00Z',
        }).catch(() => null);
        if (answer?.status !== 201) continue;
        acknowledged.push(attribution);
        const receipt = (await answer.json().catch(() => null)) as { position: string } | null;
        if (receipt !== null && BigInt(receipt.position) > last) last = BigInt(receipt.position);
      }
    });
    await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(300);
    up.signal('SIGKILL');
    await up.ended();
    writing = false;
    await Promise.all(writers);
    await start();
    const stored: string[] = [];
    // The projector, too, was cut off; what it had not applied comes now.
    await get(`/v1/threads/killed?after=${last}`);
    for (let cursor: unknown = ''; cursor !== null; ) {
      const { body } = await get(
        `/v1/threads/killed/attributions?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      stored.push(...(body['items'] as { key: string }[]).map(({ key }) => key));
      cursor = body['next'];
    }
    expect(new Set(stored).size).toBe(stored.length);
    expect(acknowledged.filter((one) => !stored.includes(one))).toEqual([]);
    expect((await get('/v1/threads/killed')).body).toMatchObject({ attributionCount: stored.length });
  });
});

describe('wrong settings', () => {
  it.each([
    [{ PORT: 'abc' }, /^These settings are wrong:\n {2}PORT must be 0 \(any free port\) to 65535\n$/],
    [{ DATABASE_URL: 'nonsense-secret' }, /^These settings are wrong:\n {2}DATABASE_URL must be a URL such as/],
    [{ DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/x' }, /^The database of DATABASE_URL refuses connections/],
  ])('%j are named, and their values are not shown', async (settings, message) => {
    const { code, output } = await run(['migrate'], settings as unknown as Record<string, string>);
    expect(code).toBe(1);
    expect(output).toMatch(message);
    expect(output).not.toContain('secret');
  });

  it.each(['api', 'projector', 'migrate'])('%s asks for DATABASE_URL', async (command) => {
    const { code, output } = await run([command], {});
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('DATABASE_URL') });
  });
});

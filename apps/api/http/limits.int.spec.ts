import { once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { eventually } from '../../../test/eventually.js';
import { Exposition } from '../../../test/exposition.js';
import { openNewsroom } from '../../../test/newsroom.js';
import { Public } from '../auth/access.js';
import { type Api, type ApiParts, createApi } from '../bootstrap.js';
import { HealthController } from '../health/health.controller.js';
import { ImportLimit } from '../imports/import-limit.js';
import { KeysController } from '../keys/keys.controller.js';
import { isDatabaseOutage } from '../problems/database-outage.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

let hold: Promise<void> = Promise.resolve();

@Controller('work')
class WorkController {
  @Get()
  @Public()
  async slow(): Promise<{ done: boolean }> {
    await hold;
    return { done: true };
  }

  @Post()
  @Public()
  @HttpCode(200)
  post(): { done: boolean } {
    return { done: true };
  }
}

const CONTROLLERS = [WorkController, HealthController, KeysController];

describe('limits', () => {
  let under: ApiUnderTest;
  let api: Api;
  beforeAll(async () => {
    under = await createApiUnderTest({ controllers: CONTROLLERS });
  });
  afterEach(() => api.close());
  afterAll(() => under.close());

  const start = async (limits: Pick<ApiParts, 'rateLimits' | 'overloadLimits'>): Promise<string> => {
    api = await createApi({ ...under.parts, ...limits }, CONTROLLERS);
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    return api.app.getUrl();
  };
  const shown = async () => new Exposition(await under.parts.metrics.text());

  it('let a key ask so much a minute, tell what is left, and hold nobody else up', async () => {
    await start({ rateLimits: { ofKey: 3, ofAddress: 0 } });
    const ask = async (role: 'admin' | 'editor') =>
      api.app.inject({ url: '/v1/keys', headers: { authorization: `Bearer ${await under.secret(role)}` } });
    const left = [];
    for (let n = 0; n < 3; n++) {
      const answer = await ask('admin');
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['ratelimit-policy']).toBe('"key";q=3;w=60');
      left.push(/^"key";r=(\d+);t=\d+$/.exec(String(answer.headers['ratelimit']))?.[1]);
    }
    expect(left).toEqual(['2', '1', '0']);
    const refused = await ask('admin');
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'too_many_requests', detail: expect.stringContaining('API key') });
    expect(refused.headers['content-type']).toContain('application/problem+json');
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(refused.headers['ratelimit']).toBe(`"key";r=0;t=${seconds}`);
    expect((await ask('editor')).statusCode).toBe(403);
    expect((await shown()).value('storyledger_http_limited_total{limit="key"}')).toBe(1);
  });

  it('let an address ask so much a minute, whoever speaks, and do not count probes', async () => {
    await start({ rateLimits: { ofKey: 5, ofAddress: 2 } });
    const ask = (remoteAddress: string, url = '/no/such/path') => api.app.inject({ url, remoteAddress });
    expect((await ask('203.0.113.1')).statusCode).toBe(404);
    const known = await api.app.inject({
      url: '/v1/keys',
      remoteAddress: '203.0.113.1',
      headers: { authorization: `Bearer ${await under.secret('admin')}` },
    });
    expect(known.headers['ratelimit']).toMatch(/^"address";r=0;t=\d+, "key";r=4;t=\d+$/);
    expect((await ask('203.0.113.1')).statusCode).toBe(429);
    expect((await ask('203.0.113.1', '/health/live')).statusCode).toBe(200);
    expect((await ask('203.0.113.2')).statusCode).toBe(404);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8::1', '2001:db8:0:0:1:2:3:4', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::ffff:203.0.113.1', '::ffff:203.0.113.2', false],
  ])('count %s and %s as one: %s', async (first, second, isOne) => {
    await start({ rateLimits: { ofKey: 0, ofAddress: 1 } });
    await api.app.inject({ url: '/no', remoteAddress: first });
    const { statusCode } = await api.app.inject({ url: '/no', remoteAddress: second });
    expect(statusCode).toBe(isOne ? 429 : 404);
  });

  it('turn away what comes while too much is in work, but for probes, and let in again', async () => {
    const url = await start({ overloadLimits: { mostInWork: 1 } });
    const before = (await shown()).value('storyledger_http_shed_total{reason="busy"}') ?? 0;
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const underWay = fetch(`${url}/work`);
    await eventually(async () => ((await shown()).value('storyledger_http_requests_in_work') === 1 ? true : null));
    const refused = await fetch(`${url}/work`, { method: 'POST', body: 'x'.repeat(2_000_000) });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await refused.json()).toMatchObject({ code: 'overloaded', status: 503, type: '/problems/overloaded' });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    release();
    expect((await underWay).status).toBe(200);
    expect((await fetch(`${url}/work`, { method: 'POST' })).status).toBe(200);
    expect((await shown()).value('storyledger_http_shed_total{reason="busy"}')).toBe(before + 1);
  });

  it('turn away what comes while the process does not come to its work', async () => {
    const url = await start({ overloadLimits: { mostDelayMs: 50 } });
    const refused = await eventually(async () => {
      const until = performance.now() + 300;
      while (performance.now() < until);
      const { status } = await fetch(`${url}/work`, { method: 'POST' });
      return status === 503 ? true : null;
    });
    expect(refused).toBe(true);
    await eventually(async () => ((await fetch(`${url}/work`, { method: 'POST' })).status === 200 ? true : null));
  });

  it('end a connection whose headers do not come', async () => {
    const url = new URL(await start({}));
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    await once(socket, 'connect');
    socket.write('GET /work HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const answer: Buffer[] = [];
    socket.on('data', (chunk) => answer.push(chunk));
    await once(socket, 'close');
    expect(Buffer.concat(answer).toString()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('refuse headers without end', async () => {
    const url = await start({});
    const answer = await fetch(`${url}/work`, { headers: { 'x-flood': 'x'.repeat(20_000) } });
    expect(answer.status).toBe(431);
  });
});

describe('the limit of imports', () => {
  it('takes four uploads at once, and the next when one is through', async () => {
    const newsroom = await openNewsroom();
    try {
      const limit = new ImportLimit(newsroom.imports);
      let release: () => void = () => undefined;
      const through = new Promise<void>((resolve) => {
        release = resolve;
      });
      const under = Array.from({ length: 4 }, () => limit.within(() => through));
      await expect(limit.within(async () => undefined)).rejects.toMatchObject({
        code: 'too_many_requests',
        extra: { headers: { 'retry-after': '30' } },
      });
      release();
      await Promise.all(under);
      expect(await limit.within(async () => 'taken')).toBe('taken');
    } finally {
      await newsroom.close();
    }
  });

  it('takes none while twenty wait', async () => {
    const newsroom = await openNewsroom();
    try {
      const limit = new ImportLimit(newsroom.imports);
      await newsroom.database.ownerPool.query(
        `INSERT INTO operations.import_batches (batch_id, mapping_name, mapping_version, mapping, file_name,
           file_sha256, file_bytes, uploaded, dry_run, actor_id, actor_name, state)
         SELECT gen_random_uuid(), 'm', 1, '{}', 'f', repeat('0', 64), 1, false, false, 'system:test', 'Test', 'voiding'
         FROM generate_series(1, 20)`,
      );
      await expect(limit.within(async () => undefined)).rejects.toMatchObject({ code: 'too_many_requests' });
    } finally {
      await newsroom.close();
    }
  });
});

describe('a statement that takes too long', () => {
  it('is cut off by the server, and tells callers to come again', async () => {
    const under = await createApiUnderTest({ controllers: CONTROLLERS });
    const pool = openPool({
      url: under.database.url,
      role: 'app',
      max: 1,
      applicationName: 'test',
      statementSeconds: 1,
    });
    const cut = await pool.query('SELECT pg_sleep(20)').catch((error: unknown) => error);
    expect(cut).toMatchObject({ code: '57014' });
    expect(isDatabaseOutage(cut)).toBe(true);
    const { rows } = await pool.query('SHOW idle_in_transaction_session_timeout');
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '2s' }]);
    await pool.end();
    await under.close();
  });
});

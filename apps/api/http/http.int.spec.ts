import { request as httpRequest } from 'node:http';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StartupError } from '#platform';
import { Public } from '../auth/access.js';
import { type Api, createApi, startApi } from '../bootstrap.js';
import { HealthController } from '../health/health.controller.js';
import { KeysController } from '../keys/keys.controller.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';
import { Text } from '../validation/text.fields.js';

class EchoDto {
  @Text({ max: 2_000_000 })
  text!: string;
}

class EchoQuery {
  @Text({ max: 100, optional: true })
  q?: string;
}

class EchoPath {
  @Text({ max: 100 })
  id!: string;
}

let hold: Promise<void> = Promise.resolve();

@Controller('echo')
class EchoController {
  @Post()
  @Public()
  @HttpCode(200)
  echo(@Body() { text }: EchoDto): EchoDto {
    return { text };
  }

  @Get('fail')
  @Public()
  fail(@Query() _: EchoQuery): never {
    throw new Error('the cache of hunter2 is broken');
  }

  @Get('slow')
  @Public()
  async slow(): Promise<{ slow: boolean }> {
    await hold;
    return { slow: true };
  }

  @Get(':id')
  @Public()
  get(@Param() { id }: EchoPath, @Query() _: EchoQuery): EchoPath {
    return { id };
  }
}

const CONTROLLERS = [EchoController, KeysController, HealthController];

describe('over HTTP', () => {
  let api: ApiUnderTest;
  let logged: Record<string, unknown>[] = [];
  let logging: Api;
  beforeAll(async () => {
    api = await createApiUnderTest({ controllers: CONTROLLERS });
    const logger = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) });
    logging = await createApi({ ...api.parts, logger }, CONTROLLERS);
  });
  afterAll(async () => {
    await logging.close();
    await api.close();
  });

  const send = (payload: string, type: string | undefined, url = '/echo') =>
    api.inject({ method: 'POST', url, payload, ...(type !== undefined && { headers: { 'content-type': type } }) });

  it.each([
    ['application/json', 200],
    ['application/json; charset=utf-8', 200],
    ['Application/JSON', 200],
    ['application/problem+json', 200],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/jsonp', 415],
    ['text/json', 415],
  ])('takes a body of %s: %i', async (type, status) => {
    expect((await send('{"text":"a"}', type)).statusCode).toBe(status);
  });

  it.each([
    ['{', 'malformed_json'],
    ['', 'malformed_json'],
    ['{"text":"a"}}', 'malformed_json'],
    ['{"__proto__":{"text":"a"}}', 'malformed_json'],
    ['{"constructor":{"prototype":{"a":1}}}', 'malformed_json'],
    ['['.repeat(200_000), 'malformed_json'],
    [`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'malformed_json'],
    ['[]', 'invalid_request'],
    ['"text"', 'invalid_request'],
    ['null', 'invalid_request'],
  ])('refuses the body %.20s', async (body, code) => {
    const answer = await send(body, 'application/json');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code });
  });

  it('takes a body of 1 MiB and no more', async () => {
    const body = (length: number) => `{"text":"${'x'.repeat(length - '{"text":""}'.length)}"}`;
    expect((await send(body(1024 * 1024), 'application/json')).statusCode).toBe(200);
    const tooLarge = await send(body(1024 * 1024 + 1), 'application/json');
    expect(tooLarge.statusCode).toBe(413);
    expect(tooLarge.json()).toMatchObject({ code: 'payload_too_large', type: '/problems/payload_too_large' });
  });

  it('answers 404 to an unknown path and 405 with Allow to an unknown method', async () => {
    expect((await api.inject({ url: '/v1/nothing' })).json()).toMatchObject({ status: 404, code: 'route_not_found' });
    for (const [method, url, allow] of [
      ['PUT', '/v1/keys?limit=1', 'GET, HEAD, POST'],
      ['POST', '/v1/keys/7', 'DELETE'],
      ['OPTIONS', '/echo', 'POST'],
    ] as const) {
      const answer = await api.inject({ method, url });
      expect(answer.statusCode, url).toBe(405);
      expect(answer.headers.allow).toBe(allow);
      expect(answer.json()).toMatchObject({ code: 'method_not_allowed' });
    }
  });

  it.each([
    ['/echo/%ff', 400],
    ['/echo/%00', 400],
    [`/echo/${'x'.repeat(401)}`, 414],
    ['/echo/', 404],
  ])('answers %.20s with a problem', async (url, status) => {
    const answer = await api.inject({ url });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.json()).toMatchObject({ status, traceId: answer.headers['x-request-id'] });
  });

  it('keeps a sane request id, makes a new one otherwise, and says it in problems', async () => {
    const sane = await api.inject({ url: '/nope', headers: { 'x-request-id': 'wire-2023.09.05_7' } });
    expect(sane.headers['x-request-id']).toBe('wire-2023.09.05_7');
    expect(sane.json()).toMatchObject({
      traceId: 'wire-2023.09.05_7',
      instance: 'urn:storyledger:request:wire-2023.09.05_7',
    });
    for (const wrong of ['short', 'x'.repeat(129), 'a b c d e f', '<script>alert(1)</script>', 'line\tline8']) {
      const answer = await api.inject({ url: '/nope', headers: { 'x-request-id': wrong } });
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    }
  });

  it('sends its security headers with every kind of answer', async () => {
    for (const url of ['/echo/7', '/nope', '/echo/fail', '/v1/keys', '/health/live', '/echo/%ff']) {
      const { headers } = await api.inject({ url });
      expect(headers['content-security-policy'], url).toContain("default-src 'none'");
      expect(headers['x-frame-options'], url).toBe('DENY');
      expect(headers['referrer-policy'], url).toBe('no-referrer');
      expect(headers['x-powered-by'], url).toBeUndefined();
    }
  });

  it('answers a bare 500 to an unknown error, and logs it once under the trace id', async () => {
    logged = [];
    const answer = await logging.app.inject({ url: '/echo/fail' });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/hunter2|cache|\.ts/);
    const errors = logged.filter(({ level }) => level === 50);
    expect(errors).toMatchObject([
      { requestId: answer.json().traceId, route: '/echo/fail', error: { message: 'the cache of hunter2 is broken' } },
    ]);
  });

  it('logs one line a request, without query, body, header or secret', async () => {
    logged = [];
    const secret = await api.secret('admin');
    const headers = { authorization: `Bearer ${secret}` };
    await logging.app.inject({ url: '/echo/7?q=confidential', headers });
    await logging.app.inject({ url: `/echo/${secret}`, headers });
    await logging.app.inject({
      method: 'POST',
      url: '/v1/keys',
      headers,
      payload: { name: 'Embargoed', role: 'reader' },
    });
    await expect.poll(() => logged.length).toBe(3);
    expect(logged[0]).toMatchObject({
      msg: 'request',
      method: 'GET',
      path: '/echo/7',
      route: '/echo/:id',
      status: 200,
    });
    expect(logged[1]).toMatchObject({ path: '/echo/sl_***' });
    expect(logged[2]).toMatchObject({ status: 201, keyId: expect.any(String), commandId: expect.any(String) });
    const lines = JSON.stringify(logged);
    expect(lines).not.toMatch(/confidential|Embargoed|sl_[0-9a-f]{32}/);
  });
});

describe('a running API', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
  });
  afterAll(() => api.close());

  it('says where it is, serves there, and says when the port is taken', async () => {
    const running = await startApi({ ...api.parts, host: '127.0.0.1', port: 0 });
    try {
      expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
      const port = Number(new URL(running.url).port);
      const second = startApi({ ...api.parts, host: '127.0.0.1', port });
      await expect(second).rejects.toThrow(StartupError);
      await expect(second).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
    } finally {
      await running.close();
    }
    await expect(fetch(`${running.url}/health/live`)).rejects.toThrow();
  });

  it('answers the requests under way and refuses new ones when it shuts down', async () => {
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const slow = await createApi(api.parts, CONTROLLERS);
    await slow.app.listen({ host: '127.0.0.1', port: 0 });
    const url = await slow.app.getUrl();
    const underWay = fetch(`${url}/echo/slow`);
    // It is certainly in the handler once a later request has been answered.
    expect((await fetch(`${url}/echo/7`)).status).toBe(200);
    const closing = slow.close();
    const late = await fetch(`${url}/echo/7`);
    expect(late.status).toBe(503);
    expect(late.headers.get('retry-after')).toBe('2');
    expect(late.headers.get('connection')).toBe('close');
    expect(await late.json()).toMatchObject({ code: 'shutting_down' });
    release();
    expect(await (await underWay).json()).toEqual({ slow: true });
    await closing;
    await expect(fetch(`${url}/echo/7`)).rejects.toThrow();
  });

  it('shuts down although a reader has gone away in the middle', async () => {
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const slow = await createApi(api.parts, CONTROLLERS);
    await slow.app.listen({ host: '127.0.0.1', port: 0 });
    const gone = httpRequest(`${await slow.app.getUrl()}/echo/slow`);
    gone.on('error', () => undefined).end();
    expect((await fetch(`${await slow.app.getUrl()}/echo/7`)).status).toBe(200);
    gone.destroy();
    const started = Date.now();
    await slow.close();
    expect(Date.now() - started).toBeLessThan(5_000);
    release();
  });
});

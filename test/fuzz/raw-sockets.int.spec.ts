import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, createApiUnderTest } from '../../apps/api/testing/api-under-test.js';
import { json } from './answer-check.js';

const TEN_MB = 10 * 1024 * 1024;

/** What no client library sends. */
describe('bytes that are no request, or not yet', () => {
  let api: ApiUnderTest;
  let port: number;
  let key: string;
  beforeAll(async () => {
    api = await createApiUnderTest();
    key = `Authorization: Bearer ${await api.secret('admin')}`;
    port = Number(new URL(await api.app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 })).port);
  });
  afterAll(() => api.close());

  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };

  /** All that comes back until the server hangs up, or until what is asked for has come. */
  const exchange = async (bytes: string | Buffer, until?: RegExp): Promise<string> => {
    const socket = await open();
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (until?.test(heard)) socket.destroy();
    });
    const closed = once(socket, 'close');
    socket.write(bytes);
    await closed;
    return heard;
  };

  const problemIn = (answer: string) => json(Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4)));

  it.each([
    ['nonsense', 'hello\r\n\r\n', 400, 'bad_request'],
    ['binary', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 13, 10, 13, 10]), 400, 'bad_request'],
    ['a version of its own', 'GET / HTTP/9.9\r\n\r\n', 400, 'bad_request'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n', 400, 'bad_request'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n', 400, 'bad_request'],
    [
      'two lengths',
      'POST /v1/threads HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n{}',
      400,
      'bad_request',
    ],
    [
      'a length and chunks',
      'POST /v1/threads HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'bad_request',
    ],
    [
      'a flood of headers',
      `GET / HTTP/1.1\r\nHost: a\r\n${'X-Flood: 1\r\n'.repeat(20_000)}\r\n`,
      431,
      'headers_too_large',
    ],
    ['one huge header', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['a huge path', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, 'headers_too_large'],
  ])('are answered with a problem, and the connection ends: %s', async (_, bytes, status, code) => {
    const answer = await exchange(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json/);
    expect(problemIn(answer)).toMatchObject({ status, code, traceId: expect.any(String) });
  });

  it('takes no body above its limit, whether its length is told or not', async () => {
    const head = `POST /v1/threads HTTP/1.1\r\nHost: a\r\n${key}\r\nContent-Type: application/json\r\n`;
    const body = Buffer.alloc(TEN_MB, 0x20);
    const told = await exchange(Buffer.concat([Buffer.from(`${head}Content-Length: ${TEN_MB}\r\n\r\n`), body]), /}$/);
    expect(told).toMatch(/^HTTP\/1\.1 413 /);
    const size = Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${TEN_MB.toString(16)}\r\n`);
    const untold = await exchange(Buffer.concat([size, body, Buffer.from('\r\n0\r\n\r\n')]), /}$/);
    expect(untold).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('goes on when a body is cut off in the middle', async () => {
    for (let n = 0; n < 50; n++) {
      const socket = await open();
      socket.write(
        `POST /v1/threads HTTP/1.1\r\nHost: a\r\n${key}\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"slug":`,
      );
      await delay(1);
      socket.destroy();
    }
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });

  it('answers others while hundreds of connections send a byte now and then', async () => {
    const slow = await Promise.all(Array.from({ length: 300 }, open));
    for (const socket of slow) socket.write('POST /v1/threads HTTP/1.1\r\nHo');
    try {
      for (let round = 0; round < 5; round++) {
        for (const socket of slow) socket.write('x');
        const answer = await fetch(`http://127.0.0.1:${port}/v1/threads`, {
          headers: { authorization: key.slice(15) },
        });
        expect(answer.status).toBe(200);
        await answer.arrayBuffer();
      }
    } finally {
      for (const socket of slow) socket.destroy();
    }
  });
});

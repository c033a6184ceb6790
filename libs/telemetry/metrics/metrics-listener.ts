import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';

export interface MetricsListener {
  /** Such as `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A listener of its own, which serves the metrics and nothing else: what the API listens on shows none of them.
 * @throws what listening throws, such as EADDRINUSE
 */
export async function startMetricsListener(
  metrics: Metrics,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<MetricsListener> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    void answer(metrics, request, response);
  });
  server.maxConnections = 16;
  server.listen({ host, port });
  await once(server, 'listening');
  const { address, port: taken, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}/metrics`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(metrics: Metrics, { method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
  const say = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
  if (url?.replace(/\?.*$/, '') !== '/metrics') return void say(404, 'Metrics are at /metrics.\n');
  if (method !== 'GET' && method !== 'HEAD') return void say(405, 'GET /metrics.\n');
  try {
    const text = await metrics.text();
    say(200, method === 'HEAD' ? '' : text, metrics.registry.contentType);
  } catch {
    say(500, 'The metrics could not be made.\n');
  }
}

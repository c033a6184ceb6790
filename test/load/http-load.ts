import autocannon from 'autocannon';

/* Sends requests over kept connections from a process of its own, so that the server's event loop is the server's. */

export interface LoadOrder {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  readonly secret: string;
  /** Each connection sends its own, in turn and from the start again. */
  readonly requests: readonly (readonly { readonly path: string; readonly body?: string }[])[];
}

export interface Load {
  /** Answered with 2xx. */
  readonly answered: number;
  /** What went wrong: errors of connections, time-outs, and answers of another kind. */
  readonly failed: number;
  /** Of those, answers 503. */
  readonly turnedAway: number;
  readonly seconds: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

process.on('message', (order: LoadOrder) => {
  void send(order).then((load) => process.send?.(load));
});

async function send({ url, seconds, connections, secret, requests }: LoadOrder): Promise<Load> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  let next = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    setupClient: (client) => {
      const own = requests[next++ % requests.length] ?? [];
      client.setRequests(
        own.map(({ path, body }) => ({
          path,
          headers,
          ...(body === undefined ? { method: 'GET' } : { method: 'POST', body }),
        })),
      );
    },
  });
  const { errors, timeouts, non2xx, latency, statusCodeStats } = result;
  const turnedAway = statusCodeStats?.['503']?.count ?? 0;
  const failed = errors + timeouts + non2xx;
  return { answered: result['2xx'], failed, turnedAway, seconds: result.duration, p50: latency.p50, p99: latency.p99 };
}

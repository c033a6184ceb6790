import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { startApi } from '../../apps/api/bootstrap.js';
import { openLedger } from '../../apps/cli/ledger.js';

/* One server of the http bench, in a process of its own: it says where it listens, and what processor time it has used. */

export interface ServerOrder {
  readonly serve: 'node' | 'fastify' | 'storyledger';
  /** What a GET is answered with by those who only echo. */
  readonly shown: unknown;
}

/** In microseconds of the process, both system's and its own. */
export interface ServerUse {
  readonly cpu: number;
}

process.on('message', (order: ServerOrder | 'use') => {
  if (order === 'use') {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system } satisfies ServerUse);
    return;
  }
  void STARTS[order.serve](order.shown).then((url) => process.send?.({ url }));
});

// In an orderly way, for a profile to be written.
process.once('SIGTERM', () => process.exit());

const STARTS: Record<ServerOrder['serve'], (shown: unknown) => Promise<string>> = {
  node: bareNode,
  fastify: bareFastify,
  storyledger,
};

async function bareNode(shown: unknown): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = chunks.length === 0 ? shown : JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const text = Buffer.from(JSON.stringify(body));
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': text.length });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bareFastify(shown: unknown): Promise<string> {
  const server = fastify();
  server.post('/v1/threads/:thread/attributions', async ({ body }: FastifyRequest, reply: FastifyReply) =>
    reply.send(body),
  );
  server.get('/v1/threads/:thread', async (_request: FastifyRequest, reply: FastifyReply) => reply.send(shown));
  return server.listen({ host: '127.0.0.1', port: 0 });
}

/** As `storyledger api` runs it, with its log, which goes nowhere here. */
async function storyledger(): Promise<string> {
  const ledger = await openLedger({ name: 'bench api' });
  const { url } = await startApi({ ...ledger, host: '127.0.0.1', port: 0 });
  return url;
}

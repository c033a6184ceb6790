import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerKeeper } from '../idempotency/answer-keeper.js';
import { matchesAny } from '../preconditions/entity-tag.js';
import type { AnswerSteps } from './answer-steps.js';

/** What happens to each answer between the handler and the wire. */
export function addAnswerHooks(
  adapter: FastifyAdapter,
  { steps, keeper }: { readonly steps: AnswerSteps; readonly keeper: AnswerKeeper },
): void {
  const server = adapter.getInstance() as unknown as FastifyInstance;
  // By callbacks: nearly every answer has nothing to wait for, and goes out in the same turn.
  server.addHook('preSerialization', (request, reply, body, done) => {
    const shown = steps.show(request, reply, body);
    if (shown === null) done(null, body);
    else shown.then((added) => done(null, added), done);
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    const kept = keeper.keep(request, reply, payload);
    if (kept === null) done(null, sent(request, reply, payload));
    else kept.then(() => done(null, sent(request, reply, payload)), done);
  });
}

function sent(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (!isUnchanged(request, reply)) return payload;
  reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return null;
}

function isUnchanged(request: FastifyRequest, reply: FastifyReply): boolean {
  const known = request.headers['if-none-match'];
  if (known === undefined || reply.statusCode !== 200) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const etag = reply.getHeader('etag');
  return typeof etag === 'string' && matchesAny(known, etag);
}

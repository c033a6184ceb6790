import type { FastifyInstance } from 'fastify';
import type { Overload } from './overload.js';
import type { RateLimits } from './rate-limits.js';

/** Counts each request against its address, and lets go of what is in work once its answer begins. */
export function addLimits(
  server: FastifyInstance,
  { overload, rateLimits }: { readonly overload: Overload; readonly rateLimits: RateLimits },
): void {
  server.addHook('onRequest', (request, reply, done) => {
    // Probes are not what a limit is for.
    if (request.url.startsWith('/health/') || !rateLimits.has('address')) return done();
    rateLimits.take('address', request.ip, reply).then(() => done(), done);
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    overload.answerBegins(reply.raw);
    done();
  });
}

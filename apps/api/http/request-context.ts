import type { FastifyRequest } from 'fastify';
import type { ApiKey, Session, Ticket } from '#operations';
import type { ErrorCode } from '../problems/problem-table.js';

/** What the API learns about a request on its way through. */
export interface RequestContext {
  /** Set by the guard. */
  key?: ApiKey;
  /** Set by the guard, of a request that came with a session’s cookie in place of a key. */
  session?: Session;
  /** UUIDv7, set by the idempotency interceptor for requests that change something. */
  commandId?: string;
  /** The right to store the answer. */
  ticket?: Ticket;
  /** What of an answer may be stored; all of it when left out. */
  redact?: (body: unknown) => unknown;
  /** Set when the request is answered with a problem. */
  problem?: ErrorCode;
}

const contexts = new WeakMap<FastifyRequest, RequestContext>();

export function requestContext(request: FastifyRequest): RequestContext {
  let context = contexts.get(request);
  if (context === undefined) {
    context = {};
    contexts.set(request, context);
  }
  return context;
}

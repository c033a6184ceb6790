import type { FastifyRequest } from 'fastify';
import type { ApiKey, Ticket } from '#operations';
import type { ErrorCode } from '../problems/problem-table.js';

/** What the API learns about a request on its way through. */
export interface RequestContext {
  /** Set by the guard. */
  key?: ApiKey;
  /** UUIDv7, set by the idempotency interceptor for requests that change something. */
  commandId?: string;
  /** The right to store the answer. */
  ticket?: Ticket;
  /** What of an answer may be stored; all of it when left out. */
  redact?: (body: unknown) => unknown;
  /** In place of the handler's own status, such as 200 where 201 is the rule. */
  status?: number;
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

/** Decides the status of a handler's answer while it runs: Nest would set the declared one over it. */
export function answerWith(request: FastifyRequest, status: number): void {
  requestContext(request).status = status;
}

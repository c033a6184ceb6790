import type { FastifyRequest } from 'fastify';
import type { ApiKey, Session, Ticket } from '#operations';
import type { ErrorCode } from '../problems/problem-table.js';
import type { Handler } from './handler-facts.js';

/** What the API learns about a request on its way through. */
export interface RequestContext {
  /** Set by the guard. */
  key?: ApiKey;
  /** Set by the guard, of a request that came with a session’s cookie in place of a key. */
  session?: Session;
  /** Of a request that comes to a handler. */
  handler?: Handler;
  /** UUIDv7, set by the idempotency step for requests that change something. */
  commandId?: string;
  /** The right to store the answer. */
  ticket?: Ticket;
  /** What of an answer may be stored; all of it when left out. */
  redact?: (body: unknown) => unknown;
  /** Set when the request is answered with a problem. */
  problem?: ErrorCode;
}

/** On the request itself: a WeakMap would have the garbage collector look after each of them. */
const CONTEXT = Symbol('what is known of the request');

export function requestContext(request: FastifyRequest & { [CONTEXT]?: RequestContext }): RequestContext {
  request[CONTEXT] ??= {};
  return request[CONTEXT];
}

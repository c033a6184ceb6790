import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IdempotencyAnswers, type IdempotentRequest } from '#operations';
import { newId } from '#platform';
import type { Handler } from '../http/handler-facts.js';
import { type RequestContext, requestContext } from '../http/request-context.js';
import { ApiError } from '../problems/api-error.js';
import { problemRow } from '../problems/problem-table.js';
import { AnsweredBefore } from './answered-before.js';
import { redactionOf } from './keep-answer.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** Gives every request that changes something its command id; under an Idempotency-Key, the same one at each try. */
@Injectable()
export class IdempotencyStep {
  constructor(private readonly answers: IdempotencyAnswers) {}

  /**
   * Null: there is nothing to wait for.
   * @throws AnsweredBefore in place of the handler's answer
   */
  begin(request: FastifyRequest, handler: Handler): Promise<void> | null {
    if (SAFE.has(request.method)) return null;
    const context = requestContext(request);
    const idempotencyKey = keyOf(request);
    if (idempotencyKey === null || context.key === undefined) {
      context.commandId = newId();
      return null;
    }
    const asked = { keyId: context.key.keyId, idempotencyKey, requestHash: hashOf(request) };
    return this.beginUnder(asked, context, redactionOf(handler));
  }

  private async beginUnder(
    asked: IdempotentRequest,
    context: RequestContext,
    redact: RequestContext['redact'],
  ): Promise<void> {
    const beginning = await this.answers.begin(asked);
    if (beginning.outcome === 'mismatch') {
      throw new ApiError('idempotency_key_reused', problemRow('idempotency_key_reused').explanation);
    }
    if (beginning.outcome === 'in_flight') {
      throw new ApiError('idempotency_in_flight', problemRow('idempotency_in_flight').explanation);
    }
    if (beginning.outcome === 'answered') throw new AnsweredBefore(beginning.answer);
    context.ticket = beginning.ticket;
    context.commandId = beginning.ticket.commandId;
    if (redact !== undefined) context.redact = redact;
  }
}

function keyOf({ headers }: FastifyRequest): string | null {
  const header = headers['idempotency-key'];
  if (header === undefined) return null;
  if (typeof header === 'string' && VISIBLE_ASCII.test(header)) return header;
  throw new ApiError('invalid_header', 'Idempotency-Key must have 1 to 255 visible ASCII characters.');
}

/**
 * What makes a request the same one: method, path with query, and body. A new If-Match is still the same request. The
 * body of an upload is still unread; whoever reads it compares it with the first one.
 */
function hashOf({ method, url, body }: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(`${method} ${url}\n`)
    .update(body instanceof Readable ? 'upload' : JSON.stringify(body ?? null))
    .digest();
}

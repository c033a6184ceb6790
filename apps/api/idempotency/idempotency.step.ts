import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IdempotencyAnswers, type IdempotentRequest, type StoredAnswer } from '#operations';
import { newId } from '#platform';
import { requestContext } from '../http/request-context.js';
import { ApiError } from '../problems/api-error.js';
import { problemRow } from '../problems/problem-table.js';
import { redactionOf } from './keep-answer.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** Gives every request that changes something its command id; under an Idempotency-Key, the same one at each try. */
@Injectable()
export class IdempotencyStep {
  constructor(private readonly answers: IdempotencyAnswers) {}

  /** Null: there is nothing to wait for. Otherwise the answer of an earlier try, or null when there was none. */
  begin(execution: ExecutionContext): Promise<string | null> | null {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    if (SAFE.has(request.method)) return null;
    const context = requestContext(request);
    const idempotencyKey = keyOf(request);
    if (idempotencyKey === null || context.key === undefined) {
      context.commandId = newId();
      return null;
    }
    return this.beginUnder({ keyId: context.key.keyId, idempotencyKey, requestHash: hashOf(request) }, execution);
  }

  private async beginUnder(asked: IdempotentRequest, execution: ExecutionContext): Promise<string | null> {
    const beginning = await this.answers.begin(asked);
    if (beginning.outcome === 'mismatch') {
      throw new ApiError('idempotency_key_reused', problemRow('idempotency_key_reused').explanation);
    }
    if (beginning.outcome === 'in_flight') {
      throw new ApiError('idempotency_in_flight', problemRow('idempotency_in_flight').explanation);
    }
    if (beginning.outcome === 'answered') return replay(beginning.answer, execution);
    const context = requestContext(execution.switchToHttp().getRequest<FastifyRequest>());
    context.ticket = beginning.ticket;
    context.commandId = beginning.ticket.commandId;
    const redact = redactionOf(execution.getHandler());
    if (redact !== undefined) context.redact = redact;
    return null;
  }
}

/** In place of the handler: as it was answered then, problems too. */
function replay({ status, headers, body }: StoredAnswer, execution: ExecutionContext): string {
  const reply = execution.switchToHttp().getResponse<FastifyReply>();
  reply.status(status).headers({ ...headers, 'idempotent-replayed': 'true' });
  return body;
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

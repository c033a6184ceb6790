import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IdempotencyAnswers, type StoredAnswer, type Ticket } from '#operations';
import { requestContext } from '../http/request-context.js';
import { RequestLog } from '../http/request-log.js';
import type { ErrorCode } from '../problems/problem-table.js';

const KEPT_HEADERS = ['content-type', 'etag', 'location', 'link', 'preference-applied'] as const;

/** Nothing was done, and a corrected request may come under the same key. */
const KEY_IS_FREE = new Set<ErrorCode | undefined>([
  'invalid_request',
  'invalid_header',
  'bad_request',
  'precondition_failed',
  'precondition_required',
  'wrong_expected_revision',
]);

/** Stores an answer just before it is sent, as it is sent. */
@Injectable()
export class AnswerKeeper {
  constructor(
    private readonly answers: IdempotencyAnswers,
    private readonly log: RequestLog,
  ) {}

  /** Null: the answer need not be kept. */
  keep(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> | null {
    const { ticket } = requestContext(request);
    return ticket === undefined ? null : this.keepUnder(ticket, request, reply, payload);
  }

  private async keepUnder(
    ticket: Ticket,
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<void> {
    const { redact, problem } = requestContext(request);
    try {
      if (reply.statusCode >= 500) await this.answers.abandon(ticket);
      else if (KEY_IS_FREE.has(problem)) await this.answers.forget(ticket);
      else await this.answers.complete(ticket, answerOf(reply, payload, problem === undefined ? redact : undefined));
    } catch (error) {
      // The command has been carried out: its answer must go out. A retry takes the row over, under the same ids.
      this.log.warn(request, error, 'the answer could not be kept for a retry');
    }
  }
}

function answerOf(reply: FastifyReply, payload: unknown, redact?: (body: unknown) => unknown): StoredAnswer {
  const text = typeof payload === 'string' ? payload : '';
  const headers = KEPT_HEADERS.map((name) => [name, reply.getHeader(name)]).filter(([, value]) => value !== undefined);
  return {
    status: reply.statusCode,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
    body: redact === undefined ? text : JSON.stringify(redact(JSON.parse(text))),
  };
}

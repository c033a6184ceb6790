import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EncodedAnswer, sendEncoded } from '../known-answers/encoded-answer.js';
import { markPage } from '../paging/page-link.js';
import { markRevision } from '../preconditions/entity-tag.js';
import { ReceiptStep } from '../proof/receipt-preference.js';

/** What happens to what a handler returns: how the answer is marked, and what is added to it. */
@Injectable()
export class AnswerSteps {
  constructor(private readonly receipts: ReceiptStep) {}

  /** Null: there is nothing to wait for, and `body` is to be sent. Otherwise what is to be sent in its place. */
  show(request: FastifyRequest, reply: FastifyReply, body: unknown): Promise<unknown> | null {
    markPage(request, reply, body);
    if (body instanceof EncodedAnswer) {
      sendEncoded(reply, body);
      return null;
    }
    markRevision(request, reply, body);
    const waitMs = this.receipts.wanted(request);
    return waitMs === null ? null : this.receipts.add(request, reply, body, waitMs);
  }
}

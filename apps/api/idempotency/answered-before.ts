import type { FastifyReply } from 'fastify';
import type { StoredAnswer } from '#operations';

/**
 * A retry of a request that was answered. Thrown, since that is the one way past a handler; it ends where errors end, and
 * the answer goes out as it did then, that of a problem too.
 */
export class AnsweredBefore extends Error {
  constructor(private readonly answer: StoredAnswer) {
    super('The request was answered before.');
  }

  sendTo(reply: FastifyReply): void {
    const { status, headers, body } = this.answer;
    reply
      .status(status)
      .headers({ ...headers, 'idempotent-replayed': 'true' })
      .send(body);
  }
}

import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { StoredAnswer } from '#operations';

/** Not an error: the way past the handler, which would set a status of its own. */
export class StoredAnswerReplay extends Error {
  override readonly name = 'StoredAnswerReplay';

  constructor(readonly answer: StoredAnswer) {
    super('The request was answered before.');
  }
}

@Catch(StoredAnswerReplay)
export class StoredAnswerFilter implements ExceptionFilter {
  catch({ answer }: StoredAnswerReplay, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    reply
      .status(answer.status)
      .headers({ ...answer.headers, 'idempotent-replayed': 'true' })
      .send(answer.body);
  }
}

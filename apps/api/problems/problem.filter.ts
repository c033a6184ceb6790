import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConsoleFiles } from '../console/console-files.js';
import { RequestLog } from '../http/request-log.js';
import { RouteTable } from '../http/route-table.js';
import { AnsweredBefore } from '../idempotency/answered-before.js';
import { ApiError } from './api-error.js';
import { sendProblem } from './problem.reply.js';
import { type Circumstances, problemOf } from './problem-of.js';

/** Every error of every request ends here, those of Fastify too. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly log: RequestLog,
    private readonly console: ConsoleFiles,
  ) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (thrown instanceof AnsweredBefore) return thrown.sendTo(reply);
    // What was refused before a route was looked for is refused as such, whether there is one or not.
    const isUnrouted = request.is404 && !(thrown instanceof ApiError);
    if (isUnrouted && !reply.sent && this.console.isPageVisit(request)) {
      // Not awaited: the framework waits for it, and each who does listens to the answer, of which Node warns at eleven.
      this.console.sendPage(reply.status(404));
      return;
    }
    const error = isUnrouted ? this.unrouted(request) : thrown;
    const problem = problemOf(error, circumstancesOf(request));
    if (problem.status === 500) this.log.unexpected(request, error);
    if (reply.sent) return;
    sendProblem(request, reply, problem);
  }

  private unrouted(request: FastifyRequest): ApiError {
    const allowed = this.routes.methodsAt(request.url);
    if (allowed.length === 0) {
      return new ApiError('route_not_found', 'Nothing lives at this path. /openapi.json lists all that do.');
    }
    const allow = allowed.join(', ');
    return new ApiError('method_not_allowed', `This path takes ${allow}.`, { headers: { allow } });
  }
}

function circumstancesOf({ headers, query }: FastifyRequest): Circumstances {
  const paged = typeof query === 'object' && query !== null && 'cursor' in query;
  return { conditional: headers['if-match'] !== undefined, paged };
}

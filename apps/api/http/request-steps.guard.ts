import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiKeyGuard } from '../auth/api-key.guard.js';
import { PositionStep } from '../consistency/waits-for-position.js';
import { IdempotencyStep } from '../idempotency/idempotency.step.js';
import { requestContext } from './request-context.js';

/**
 * What happens before every handler, in this order: who calls, which command it is, what it waits for. Where nothing has
 * to be waited for, nothing is. A guard and not an interceptor, around which Nest puts half a dozen Observables: what
 * happens after a handler is for a hook of Fastify, see `addAnswerHooks`.
 */
@Injectable()
export class RequestSteps implements CanActivate {
  constructor(
    private readonly keys: ApiKeyGuard,
    private readonly idempotency: IdempotencyStep,
    private readonly position: PositionStep,
  ) {}

  canActivate(execution: ExecutionContext): true | Promise<true> {
    const admitted = this.keys.canActivate(execution);
    return admitted === true ? this.begin(execution) : admitted.then(() => this.begin(execution));
  }

  private begin(execution: ExecutionContext): true | Promise<true> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const handler = execution.getHandler();
    requestContext(request).handler = handler;
    const beginning = this.idempotency.begin(request, handler);
    return beginning === null ? this.wait(request, handler) : beginning.then(() => this.wait(request, handler));
  }

  // biome-ignore lint/complexity/noBannedTypes: Nest hands handlers out as Function
  private wait(request: FastifyRequest, handler: Function): true | Promise<true> {
    const waiting = this.position.wait(request, handler);
    return waiting === null ? true : waiting.then(() => true);
  }
}

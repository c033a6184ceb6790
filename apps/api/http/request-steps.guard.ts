import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeyGuard } from '../auth/api-key.guard.js';
import { PositionStep } from '../consistency/waits-for-position.js';
import { IdempotencyStep } from '../idempotency/idempotency.step.js';
import { RequestValidation } from '../validation/request-validation.step.js';
import type { Handler } from './handler-facts.js';
import { requestContext } from './request-context.js';

/** A request, and what Nest has found for it. */
interface Call {
  readonly request: FastifyRequest;
  readonly controller: ReturnType<ExecutionContext['getClass']>;
  readonly handler: Handler;
}

/**
 * What happens before every handler, in this order: who calls, which command it is, what it waits for, what it says.
 * Where nothing has to be waited for, nothing is. A guard and neither an interceptor, around which Nest puts half a dozen
 * Observables, nor a pipe, which costs five promises for each parameter of a handler: what happens after a handler is for
 * a hook of Fastify, see `addAnswerHooks`.
 */
@Injectable()
export class RequestSteps implements CanActivate {
  constructor(
    private readonly keys: ApiKeyGuard,
    private readonly idempotency: IdempotencyStep,
    private readonly position: PositionStep,
    private readonly validation: RequestValidation,
  ) {}

  canActivate(execution: ExecutionContext): true | Promise<true> {
    const [request, reply] = execution.getArgs<[FastifyRequest, FastifyReply]>();
    const call = { request, controller: execution.getClass(), handler: execution.getHandler() };
    const admitting = this.keys.begin(request, reply, call.handler);
    return admitting === null ? this.begin(call) : admitting.then(() => this.begin(call));
  }

  private begin(call: Call): true | Promise<true> {
    const { request, handler } = call;
    requestContext(request).handler = handler;
    const beginning = this.idempotency.begin(request, handler);
    return beginning === null ? this.wait(call) : beginning.then(() => this.wait(call));
  }

  private wait(call: Call): true | Promise<true> {
    const waiting = this.position.wait(call.request, call.handler);
    return waiting === null ? this.read(call) : waiting.then(() => this.read(call));
  }

  private read({ request, controller, handler }: Call): true | Promise<true> {
    const reading = this.validation.read(request, controller, handler);
    return reading === null ? true : reading.then(() => true);
  }
}

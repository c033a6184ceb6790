import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { requestContext } from '../http/request-context.js';

/** The id of the command that the request stands for: the same for every try under one Idempotency-Key. */
export const CommandId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { commandId } = requestContext(request);
  if (commandId === undefined) throw new Error(`${request.method} changes nothing and so has no command id.`);
  return commandId;
});

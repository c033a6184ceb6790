import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '#event-store';
import type { ApiKey } from '#operations';
import { requestContext } from '../http/request-context.js';

/** The API key that calls. Only on handlers with `@Requires`. */
export function callingKey(request: FastifyRequest): ApiKey {
  const { key } = requestContext(request);
  if (key === undefined) throw new Error(`${request.routeOptions.url} asks who calls, but anybody may call it.`);
  return key;
}

/** Who does it, for the events. Only on handlers with `@Requires`. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { keyId, name } = callingKey(context.switchToHttp().getRequest<FastifyRequest>());
  return { id: `key:${keyId}`, name };
});

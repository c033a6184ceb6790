import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#application';
import { callingKey } from '../auth/current-actor.js';
import { requestContext } from '../http/request-context.js';
import { readIfMatch } from '../preconditions/expected-revision.js';

/** Who, when, under which ids, and expecting what: all that a command needs beside its content. */
export const Command = createParamDecorator(
  (options: { readonly ifMatchRequired?: boolean } | undefined, execution: ExecutionContext): CommandContext => {
    const request = execution.getArgByIndex<FastifyRequest>(0);
    const { commandId } = requestContext(request);
    if (commandId === undefined) throw new Error(`${request.method} ${request.url} has no command id.`);
    const { keyId, name } = callingKey(request);
    const expectedRevision = readIfMatch(request.headers['if-match'], options?.ifMatchRequired ?? false);
    return {
      commandId,
      actor: { id: `key:${keyId}`, name },
      correlationId: request.id,
      batchId: null,
      now: new Date().toISOString(),
      ...(expectedRevision !== undefined && { expectedRevision }),
    };
  },
);

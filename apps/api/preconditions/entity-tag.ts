import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Revision } from '#event-store';
import { foundOnce } from '../http/handler-facts.js';
import { requestContext } from '../http/request-context.js';

const ENTITY_TAG = 'storyledger:entity-tag';

/** The handler's answer has a `revision`: send it as ETag, and answer a conditional read of the same one with 304. */
export function WithEntityTag(): MethodDecorator {
  return applyDecorators(
    SetMetadata(ENTITY_TAG, true),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'An ETag: 304 when nothing has changed since.' }),
  );
}

const hasEntityTag = foundOnce((handler) => Reflect.getMetadata(ENTITY_TAG, handler) === true);

export function etagOf(revision: Revision | string): string {
  return `"${revision}"`;
}

/** RFC 9110: If-None-Match compares weakly. */
export function matchesAny(ifNoneMatch: string, etag: string): boolean {
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag.replace(/^W\//, ''));
}

export function markRevision(request: FastifyRequest, reply: FastifyReply, body: unknown): void {
  const { handler } = requestContext(request);
  if (handler === undefined || !hasEntityTag(handler)) return;
  const { revision } = body as { readonly revision: string };
  reply.header('etag', etagOf(revision));
}

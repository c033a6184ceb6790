import { applyDecorators, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Revision } from '#event-store';

const ENTITY_TAG = 'storyledger:entity-tag';

/** The handler's answer has a `revision`: send it as ETag, and answer a conditional read of the same one with 304. */
export function WithEntityTag(): MethodDecorator {
  return applyDecorators(
    SetMetadata(ENTITY_TAG, true),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'An ETag: 304 when nothing has changed since.' }),
  );
}

export function etagOf(revision: Revision | string): string {
  return `"${revision}"`;
}

/** RFC 9110: If-None-Match compares weakly. */
export function matchesAny(ifNoneMatch: string, etag: string): boolean {
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag.replace(/^W\//, ''));
}

@Injectable()
export class EntityTagStep {
  mark(execution: ExecutionContext, body: unknown): void {
    if (Reflect.getMetadata(ENTITY_TAG, execution.getHandler()) !== true) return;
    const { revision } = body as { readonly revision: string };
    execution.switchToHttp().getResponse<FastifyReply>().header('etag', etagOf(revision));
  }
}

import { ApiHeader } from '@nestjs/swagger';
import type { Revision } from '#event-store';
import { ApiError } from '../problems/api-error.js';

const ENTITY_TAG = /^"(0|[1-9]\d{0,17})"$/;

/** For the OpenAPI document, on handlers whose command may expect a revision. */
export function IfMatchHeader(options: { readonly required?: boolean } = {}): MethodDecorator {
  return ApiHeader({
    name: 'If-Match',
    required: options.required ?? false,
    description: 'The ETag that the decision rests on: 412 when the thread or source has changed since.',
  });
}

/**
 * The revision that If-Match names; undefined without the header, and for `*`.
 * @throws ApiError precondition_required, precondition_failed, invalid_header
 */
export function readIfMatch(header: string | undefined, required: boolean): Revision | undefined {
  if (header === undefined) {
    if (!required) return undefined;
    throw new ApiError('precondition_required', 'Send the ETag of what you decided on as If-Match.');
  }
  const tag = header.trim();
  if (tag === '*') return undefined;
  if (tag.includes(',')) throw new ApiError('invalid_header', 'If-Match must name one ETag, such as "12", or *.');
  const [, revision] = ENTITY_TAG.exec(tag) ?? [];
  if (revision !== undefined) return BigInt(revision);
  // Well-formed, or weak, which never matches here (RFC 9110): an ETag that nothing has.
  if (/^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(tag)) {
    throw new ApiError('precondition_failed', 'If-Match names an ETag that nothing has. Read the resource again.');
  }
  throw new ApiError('invalid_header', 'If-Match must be an ETag in its quotes, such as "12", or *.');
}

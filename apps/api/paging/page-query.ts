import type { Cursor, PageRequest } from '#read-models';
import { ApiError } from '../problems/api-error.js';
import { CountParameter } from '../validation/parameter.fields.js';
import { Text } from '../validation/text.fields.js';

const LIMIT_MAX = 200;
const LIMIT_DEFAULT = 50;

/** The part of a list's query that pages; a list with filters extends it. */
export class PageQuery {
  @CountParameter({ min: 1, max: LIMIT_MAX, default: LIMIT_DEFAULT, description: 'Items a page.' })
  limit?: number;

  @Text({
    max: 2_000,
    optional: true,
    pattern: /^[A-Za-z0-9_-]+$/,
    description: '`next` of the page before, unchanged.',
  })
  cursor?: string;
}

/** @throws ApiError invalid_cursor */
export function pageRequest({ limit, cursor }: PageQuery): PageRequest {
  return { limit: limit ?? LIMIT_DEFAULT, cursor: cursor === undefined ? null : decodeCursor(cursor) };
}

/** Opaque, so that nobody builds one: what it holds may change with any version. */
export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor), 'utf8').toString('base64url');
}

function decodeCursor(text: string): Cursor {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length > 0 && parts.every((part) => isStorable(part))) return parts;
  } catch {
    // Told below, like everything else that is not a cursor.
  }
  throw new ApiError('invalid_cursor', 'Use the `next` of the page before, unchanged, or start without a cursor.');
}

function isStorable(part: unknown): part is string {
  return typeof part === 'string' && !part.includes('\u0000');
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../problems/api-error.js';

export const UPLOAD_ROUTE = '/v1/imports';

/** What a file may come as; how it is read goes by what it holds. */
export const UPLOAD_TYPES = [
  'text/csv',
  'text/tab-separated-values',
  'application/jsonl',
  'application/x-ndjson',
  'application/gzip',
  'application/x-tar',
  'application/octet-stream',
] as const;

/** The body of an upload stays a stream, unread until it is known who sends it. Nothing else takes these types. */
export function acceptUploads(server: FastifyInstance): void {
  server.addContentTypeParser([...UPLOAD_TYPES], async (request: FastifyRequest, body: unknown) => {
    if (request.routeOptions.url === UPLOAD_ROUTE) return body;
    throw new ApiError('unsupported_media_type', 'Send JSON, with `Content-Type: application/json`.');
  });
}

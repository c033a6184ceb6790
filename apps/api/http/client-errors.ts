import type { Socket } from 'node:net';
import { newId } from '#platform';
import { ApiError } from '../problems/api-error.js';
import type { ApiErrorCode } from '../problems/api-problems.js';
import { problemBody } from '../problems/problem.reply.js';
import { problemOf } from '../problems/problem-of.js';
import { problemRow } from '../problems/problem-table.js';

const CODES: Readonly<Record<string, ApiErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/**
 * What is no HTTP request, or too slow or too large for one, reaches no route. It is answered with a problem, too, and
 * the connection ends: what else comes over it cannot be told from the rest of what was wrong.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = CODES[error.code ?? ''] ?? 'bad_request';
  const problem = problemOf(new ApiError(code, problemRow(code).explanation), { conditional: false, paged: false });
  const id = newId();
  const body = problemBody(problem, id);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      `x-request-id: ${id}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

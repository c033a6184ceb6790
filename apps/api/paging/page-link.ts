import type { FastifyReply, FastifyRequest } from 'fastify';
import { EncodedAnswer } from '../known-answers/encoded-answer.js';
import { LinkedPage, PageAsText } from './page.js';

/** `Link: <...>; rel="next"` (RFC 8288) on every page that is not the last: the same request with the next cursor. */
export function markPage(request: FastifyRequest, reply: FastifyReply, body: unknown): void {
  if (!(body instanceof LinkedPage || body instanceof EncodedAnswer || body instanceof PageAsText)) return;
  if (body.next === null) return;
  reply.header('link', `<${urlOf(request, body.next)}>; rel="next"`);
}

/** Without `after`: the first page has waited for it already. */
function urlOf(request: FastifyRequest, cursor: string): string {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('cursor', cursor);
  url.searchParams.delete('after');
  return `${url.pathname}${url.search}`;
}

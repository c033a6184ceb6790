import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EncodedAnswer } from '../known-answers/encoded-answer.js';
import { LinkedPage, PageAsText } from './page.js';

/** `Link: <...>; rel="next"` (RFC 8288) on every page that is not the last: the same request with the next cursor. */
@Injectable()
export class PageLinkStep {
  mark(execution: ExecutionContext, body: unknown): unknown {
    if (!(body instanceof LinkedPage || body instanceof EncodedAnswer || body instanceof PageAsText)) return body;
    const http = execution.switchToHttp();
    if (body.next !== null) {
      const link = `<${urlOf(http.getRequest<FastifyRequest>(), body.next)}>; rel="next"`;
      http.getResponse<FastifyReply>().header('link', link);
    }
    return body instanceof PageAsText ? body.text : body;
  }
}

/** Without `after`: the first page has waited for it already. */
function urlOf(request: FastifyRequest, cursor: string): string {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('cursor', cursor);
  url.searchParams.delete('after');
  return `${url.pathname}${url.search}`;
}

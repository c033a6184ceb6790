import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { LinkedPage, PageAsText } from './page.js';

/** `Link: <...>; rel="next"` (RFC 8288) on every page that is not the last: the same request with the next cursor. */
@Injectable()
export class PageLinkInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const reply = execution.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((body: unknown) => {
        const isPage = body instanceof LinkedPage || body instanceof PageAsText;
        if (isPage && body.next !== null) reply.header('link', `<${urlOf(request, body.next)}>; rel="next"`);
        return body instanceof PageAsText ? body.text : body;
      }),
    );
  }
}

/** Without `after`: the first page has waited for it already. */
function urlOf(request: FastifyRequest, cursor: string): string {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('cursor', cursor);
  url.searchParams.delete('after');
  return `${url.pathname}${url.search}`;
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { SECRET_IN_TEXT } from '#operations';
import type { Logger } from '#platform';
import { requestContext } from './request-context.js';

const MOST_OF_A_PATH = 300;

/** One line a request: who did what where, how it ended, how long it took. Never a body, a query, a header or a quote. */
export class RequestLog {
  /** To look for what is to be made unreadable would take twice as long as the line, in which there is nothing of it. */
  private readonly lines: Logger;

  constructor(private readonly logger: Logger) {
    this.lines = logger.child({}, { redact: [] });
  }

  answered(request: FastifyRequest, reply: FastifyReply, route: string | undefined): void {
    const { key, commandId } = requestContext(request);
    this.lines.info(
      {
        requestId: request.id,
        method: request.method,
        path: pathOf(request),
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        // Of what is undefined there is nothing in the line.
        keyId: key?.keyId,
        commandId,
      },
      'request',
    );
  }

  unexpected(request: FastifyRequest, error: unknown): void {
    this.logger.error(
      { requestId: request.id, route: request.routeOptions.url, error: told(error) },
      'unexpected error',
    );
  }

  warn(request: FastifyRequest, error: unknown, message: string): void {
    this.logger.warn({ requestId: request.id, error: told(error) }, message);
  }
}

/** Not the whole error: those of the database carry the statement's parameters, and with them what people said. */
function told(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack } = error;
  return { type: name, message, ...('code' in error && { code: error.code }), stack };
}

/** Someone will paste a key into a path one day. */
function pathOf({ url }: FastifyRequest): string {
  const end = url.search(/[?#]/);
  const path = url.slice(0, end === -1 ? MOST_OF_A_PATH : Math.min(end, MOST_OF_A_PATH));
  return path.includes('sl_') ? path.replaceAll(SECRET_IN_TEXT, 'sl_***') : path;
}

import type { IncomingMessage, RequestListener } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '#telemetry';
import { acceptUploads } from '../imports/upload-types.js';
import { ApiError } from '../problems/api-error.js';
import { sendProblem } from '../problems/problem.reply.js';
import { problemOf } from '../problems/problem-of.js';
import { depthError } from '../validation/json-shape.js';
import { answerClientError } from './client-errors.js';
import type { Drain } from './drain.js';
import { createHttpServer } from './http-server.js';
import { addLimits } from './limit-hooks.js';
import type { Overload } from './overload.js';
import type { RateLimits } from './rate-limits.js';
import type { RequestLog } from './request-log.js';
import type { RequestTraces } from './request-traces.js';
import type { RouteTable } from './route-table.js';
import { addSecurityHeaders } from './security-headers.js';

const BODY_LIMIT = 1024 * 1024;
const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;
/** `application/json`, and the types that are made of it, such as `application/problem+json`. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;

export interface ServerParts {
  readonly routes: RouteTable;
  readonly drain: Drain;
  readonly log: RequestLog;
  readonly metrics: Metrics;
  readonly traces: RequestTraces;
  readonly overload: Overload;
  readonly rateLimits: RateLimits;
  readonly trustedProxies: string | undefined;
}

/** Fastify, with what holds for every request, found or not: ids, headers, limits, logs, the way out. */
export function createServer({
  routes,
  drain,
  log,
  metrics,
  traces,
  overload,
  rateLimits,
  trustedProxies,
}: ServerParts): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: trustedProxies ?? false,
    serverFactory: (handler: RequestListener) => createHttpServer(overload.guard(handler)),
    genReqId: (request: IncomingMessage) => traces.began(request, sane(request.headers['x-request-id'])),
    clientErrorHandler: answerClientError,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 400, ignoreTrailingSlash: false },
    // Malformed URLs and over-long parameters, which reach no hook.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      addSecurityHeaders(reply);
      const code = error.code === 'FST_ERR_MAX_PARAM_LENGTH' ? 'uri_too_long' : 'bad_request';
      const problem = problemOf(new ApiError(code, 'The path is malformed or too long.'), {
        conditional: false,
        paged: false,
      });
      sendProblem(request, reply, problem);
    },
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  server.addHook('onRoute', (route) => routes.add(route));
  const ended = () => drain.ended();
  server.addHook('onRequest', (_request, reply, done) => {
    drain.began();
    // Of an answer that went out, and of one whose reader has gone.
    reply.raw.once('close', ended);
    addSecurityHeaders(reply);
    done(drain.isDraining ? shuttingDown() : undefined);
  });
  addLimits(server, { overload, rateLimits });
  server.addHook('onResponse', (request, reply, done) => {
    const { url } = request.routeOptions;
    log.answered(request, reply, url);
    const route = request.is404 ? undefined : url;
    const answer = { method: request.method, route, status: reply.statusCode };
    metrics.http.answered({ ...answer, seconds: reply.elapsedTime / 1_000 });
    traces.answered(request.raw, answer);
    done();
  });
  acceptJsonAndUploads(server);
  return adapter;
}

function shuttingDown(): ApiError {
  const headers = { connection: 'close' };
  return new ApiError('shutting_down', 'This process is shutting down. Repeat the request.', { headers });
}

function acceptJsonAndUploads(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(JSON_TYPE, { parseAs: 'string', bodyLimit: BODY_LIMIT }, (request, text, done) => {
    parse(request, text as string, (error, body) => done(error ?? depthError(body), body));
  });
  acceptUploads(server);
}

function sane(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : undefined;
}

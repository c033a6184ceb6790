import 'reflect-metadata';
import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import type { Type as Class } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { StartupError } from '#platform';
import { FeedReader } from '#read-models';
import type { Metrics } from '#telemetry';
import { API_CONTROLLERS } from './api.controllers.js';
import { ApiModule } from './api.module.js';
import type { ApiParts } from './api-parts.js';
import { CONSOLE_FOLDER } from './console/console-files.js';
import { LiveFeed } from './feed/live-feed.js';
import { addAnswerHooks } from './http/answer-hooks.js';
import { AnswerSteps } from './http/answer-steps.js';
import { Drain } from './http/drain.js';
import { createServer } from './http/fastify-server.js';
import { NestLog } from './http/nest-log.js';
import { OVERLOAD_LIMITS, Overload } from './http/overload.js';
import { RateLimits } from './http/rate-limits.js';
import { RequestLog } from './http/request-log.js';
import { RequestTraces } from './http/request-traces.js';
import { RouteTable } from './http/route-table.js';
import { AnswerKeeper } from './idempotency/answer-keeper.js';
import { ImportWorker } from './imports/import-worker.js';
import { OpenApiDocument } from './openapi/openapi-document.js';

export type { ApiParts } from './api-parts.js';

const DRAIN_MS = 15_000;
const CLOSE_MS = 2_000;
const PURGE_EVERY_MS = 10 * 60_000;
const NO_RATE_LIMITS = { ofKey: 0, ofAddress: 0 };

export interface Api {
  readonly app: NestFastifyApplication;
  /** Refuses new requests with 503, answers those under way, then stops. */
  close(): Promise<void>;
}

/** The API, ready for requests but listening nowhere. */
export async function createApi(
  parts: ApiParts,
  controllers: readonly Class<unknown>[] = API_CONTROLLERS,
): Promise<Api> {
  const log = new RequestLog(parts.logger);
  const importWorker = new ImportWorker(parts.imports, parts.logger);
  const reader = new FeedReader(parts.pool, parts.store);
  const feed = new LiveFeed({ ...parts, reader }, parts.feedLimits);
  const { http } = parts.metrics;
  const overload = new Overload({ ...OVERLOAD_LIMITS, ...parts.overloadLimits }, (reason) => http.shed(reason));
  const rateLimits = new RateLimits(parts.rateLimits ?? NO_RATE_LIMITS, (limit) => http.limited(limit));
  const server = { routes: new RouteTable(), drain: new Drain(), log, openApi: new OpenApiDocument(), rateLimits };
  const state = { ...server, importWorker, feed };
  watchApi(parts.metrics, feed, overload);
  const { metrics, trustedProxies } = parts;
  const traces = new RequestTraces(parts.tracing ?? null);
  const adapter = createServer({ ...state, overload, metrics, traces, trustedProxies });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.of(parts, state, controllers), adapter, {
    // A mistake in the wiring is thrown to whoever starts the API; Nest would end the process.
    abortOnError: false,
    bodyParser: false,
    logger: new NestLog(parts.logger),
  });
  // Read where they are asked for: what calls with a key has none.
  await app.register(fastifyCookie, { hook: false });
  await app.register(fastifyStatic, { serve: false, root: CONSOLE_FOLDER, preCompressed: true, cacheControl: false });
  addAnswerHooks(adapter, { steps: app.get(AnswerSteps), keeper: app.get(AnswerKeeper) });
  state.openApi.describe(app);
  await app.init();
  await adapter.getInstance().ready();
  const close = async () => {
    const drained = state.drain.drain(DRAIN_MS);
    // Streams are under way until somebody ends them.
    feed.close();
    await drained;
    await importWorker.stop();
    // A client that neither reads nor hangs up must not hold the process.
    const force = setTimeout(() => adapter.getInstance().server.closeAllConnections(), CLOSE_MS);
    await app.close();
    clearTimeout(force);
    overload.close();
  };
  return { app, close };
}

function watchApi(metrics: Metrics, feed: LiveFeed, overload: Overload): void {
  metrics.watch('storyledger_feed_subscribers', 'Clients of the live feed.', () => feed.subscribers);
  metrics.watch('storyledger_http_requests_in_work', 'Requests whose answer has not begun.', () => overload.inWork);
}

export interface ApiOptions extends ApiParts {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface RunningApi {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws StartupError when the port is taken */
export async function startApi({ host, port, ...parts }: ApiOptions): Promise<RunningApi> {
  const api = await createApi(parts);
  let url: string;
  try {
    // Fastify's own, which throws what Nest's would also log.
    url = await api.app.getHttpAdapter().getInstance().listen({ host, port });
  } catch (error) {
    await api.close();
    throw listenError(error, host, port);
  }
  const stopPurging = purgeRegularly(parts);
  const close = async () => {
    stopPurging();
    await api.close();
  };
  return { url, close };
}

function purgeRegularly({ idempotency, sessions, logger }: ApiParts): () => void {
  const purge = () =>
    Promise.all([idempotency.purge(), sessions.purge()]).catch((error: unknown) =>
      logger.warn({ err: error }, 'expired answers and sessions could not be purged'),
    );
  const timer = setInterval(purge, PURGE_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return new StartupError(
      `Port ${port} on ${host} is in use. Stop what uses it, or set PORT to another (0: any free).`,
    );
  }
  if (code === 'EACCES') return new StartupError(`This account may not listen on port ${port}. Set PORT above 1023.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartupError(`${host} is no address of this machine. Set HOST to one, such as 127.0.0.1.`);
  }
  return error;
}

import { type Type as Class, type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { Pool } from 'pg';
import { LedgerPolicy, Sources, Threads } from '#application';
import { EventStore } from '#event-store';
import { Imports } from '#imports';
import { AccessLog, ApiKeys, IdempotencyAnswers, Sessions, SourceIdentities } from '#operations';
import { Proof, ThreadEvidence } from '#proof';
import { ParkedEvents, ReadModelQueries, ReadModelWaiter, Rebuilds, ReportQueries } from '#read-models';
import { Replay } from '#replay';
import { API_CONTROLLERS } from './api.controllers.js';
import type { ApiParts } from './api-parts.js';
import { ApiKeyGuard } from './auth/api-key.guard.js';
import { RouteAccess } from './auth/route-access.js';
import { PositionStep } from './consistency/waits-for-position.js';
import { ConsoleFiles } from './console/console-files.js';
import { LiveFeed } from './feed/live-feed.js';
import { ReadinessCheck } from './health/readiness.js';
import { AnswerSteps } from './http/answer-steps.js';
import { Drain } from './http/drain.js';
import { RateLimits } from './http/rate-limits.js';
import { RequestLog } from './http/request-log.js';
import { RequestSteps } from './http/request-steps.guard.js';
import { RouteTable } from './http/route-table.js';
import { AnswerKeeper } from './idempotency/answer-keeper.js';
import { IdempotencyStep } from './idempotency/idempotency.step.js';
import { ImportLimit } from './imports/import-limit.js';
import { ImportWorker } from './imports/import-worker.js';
import { KnownAnswers } from './known-answers/known-answers.js';
import { OpenApiDocument } from './openapi/openapi-document.js';
import { BacktestJobs } from './policy/backtest-jobs.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ReceiptStep } from './proof/receipt-preference.js';
import { AccessReport } from './reports/access-report.js';
import { SignInLimit } from './session/sign-in-limit.js';
import { ThreadAnswers } from './threads/thread-answers.js';
import { RequestValidation } from './validation/request-validation.step.js';

/** What belongs to one running server, besides the parts that it was given. */
export interface ServerState {
  readonly routes: RouteTable;
  readonly drain: Drain;
  readonly rateLimits: RateLimits;
  readonly log: RequestLog;
  readonly openApi: OpenApiDocument;
  readonly importWorker: ImportWorker;
  readonly feed: LiveFeed;
}

@Module({})
export class ApiModule {
  static of(
    parts: ApiParts,
    state: ServerState,
    controllers: readonly Class<unknown>[] = API_CONTROLLERS,
  ): DynamicModule {
    const { pool, store, queries, waiter } = parts;
    return {
      module: ApiModule,
      imports: [DiscoveryModule],
      controllers: [...controllers],
      providers: [
        { provide: Pool, useValue: pool },
        { provide: EventStore, useValue: store },
        { provide: ReadModelQueries, useValue: queries },
        { provide: ReadModelWaiter, useValue: waiter },
        { provide: Replay, useValue: parts.replay },
        AccessReport,
        BacktestJobs,
        { provide: AccessLog, useFactory: () => new AccessLog(pool) },
        { provide: ReportQueries, useFactory: () => new ReportQueries(pool) },
        { provide: RouteTable, useValue: state.routes },
        { provide: Drain, useValue: state.drain },
        { provide: RateLimits, useValue: state.rateLimits },
        { provide: RequestLog, useValue: state.log },
        { provide: OpenApiDocument, useValue: state.openApi },
        { provide: Imports, useValue: parts.imports },
        { provide: ImportWorker, useValue: state.importWorker },
        { provide: LiveFeed, useValue: state.feed },
        { provide: ApiKeys, useValue: parts.keys },
        { provide: Sessions, useValue: parts.sessions },
        { provide: IdempotencyAnswers, useValue: parts.idempotency },
        { provide: Sources, useValue: parts.sources },
        { provide: Threads, useValue: parts.threads },
        { provide: LedgerPolicy, useValue: parts.threads.ledgerPolicy },
        { provide: Proof, useValue: parts.proof },
        { provide: SourceIdentities, useValue: parts.identities },
        { provide: ParkedEvents, useValue: parts.parked },
        {
          provide: ThreadEvidence,
          useValue: new ThreadEvidence({ ...parts, names: (ids) => queries.names(ids) }),
        },
        { provide: Rebuilds, useValue: parts.rebuilds },
        ReadinessCheck,
        RouteAccess,
        AnswerKeeper,
        KnownAnswers,
        ThreadAnswers,
        SignInLimit,
        ImportLimit,
        ConsoleFiles,
        IdempotencyStep,
        PositionStep,
        RequestValidation,
        ReceiptStep,
        AnswerSteps,
        ApiKeyGuard,
        { provide: APP_GUARD, useClass: RequestSteps },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}

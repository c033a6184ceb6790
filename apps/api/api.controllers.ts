import type { Type as Class } from '@nestjs/common';
import { ConsoleController } from './console/console.controller.js';
import { EvidenceController } from './evidence/evidence.controller.js';
import { FeedController } from './feed/feed.controller.js';
import { HealthController } from './health/health.controller.js';
import { ImportsController } from './imports/imports.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { BacktestController } from './policy/backtest.controller.js';
import { PolicyController } from './policy/policy.controller.js';
import { ProblemsController } from './problems/problems.controller.js';
import { ProjectionsController } from './projections/projections.controller.js';
import { ProofController } from './proof/proof.controller.js';
import { PublicationsController } from './publications/publications.controller.js';
import { ComparisonController } from './replay/comparison.controller.js';
import { ReplayController } from './replay/replay.controller.js';
import { AdministrationReportsController } from './reports/administration.controller.js';
import { ReportsController } from './reports/reports.controller.js';
import { StandardsReportController } from './reports/standards.controller.js';
import { SearchController } from './search/search.controller.js';
import { SessionController } from './session/session.controller.js';
import { IdentitiesController } from './sources/identities.controller.js';
import { SourceHistoryController } from './sources/source-history.controller.js';
import { SourcesController } from './sources/sources.controller.js';
import { AttributionsController } from './threads/attributions.controller.js';
import { ClaimsController } from './threads/claims.controller.js';
import { ThreadsController } from './threads/threads.controller.js';

/** Everything that the API serves. */
export const API_CONTROLLERS: readonly Class<unknown>[] = [
  ThreadsController,
  ClaimsController,
  AttributionsController,
  ReplayController,
  ComparisonController,
  PublicationsController,
  PolicyController,
  BacktestController,
  SourcesController,
  IdentitiesController,
  SourceHistoryController,
  SearchController,
  FeedController,
  ReportsController,
  AdministrationReportsController,
  StandardsReportController,
  ImportsController,
  KeysController,
  SessionController,
  ProofController,
  ProjectionsController,
  EvidenceController,
  ProblemsController,
  HealthController,
  OpenApiController,
  ConsoleController,
];

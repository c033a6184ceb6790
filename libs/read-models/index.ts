import { attributionProjection } from './attribution/attribution.projection.js';
import { claimProjection } from './claim/claim.projection.js';
import type { Projection } from './projection/projection.js';
import { sourceProjection } from './source/source.projection.js';
import { statusHistoryProjection } from './status-history/status-history.projection.js';
import { threadBoardProjection } from './thread-board/thread-board.projection.js';

export type { AttributionRow } from './attribution/attribution.entity.js';
export type { ClaimRow } from './claim/claim.entity.js';
export { readModelMigrations } from './migrations/read-model-migrations.js';
export type { Projection } from './projection/projection.js';
export { Projector } from './projection/projector.js';
export { ReadModelWaiter } from './projection/read-model-waiter.js';
export { rebuild } from './projection/rebuild.js';
export * from './queries.js';
export type { SourceRow } from './source/source.entity.js';
export type { StatusHistoryRow } from './status-history/status-history.entity.js';
export type { ThreadBoardRow } from './thread-board/thread-board.entity.js';

export const PROJECTIONS: readonly Projection[] = [
  threadBoardProjection,
  claimProjection,
  attributionProjection,
  statusHistoryProjection,
  sourceProjection,
];

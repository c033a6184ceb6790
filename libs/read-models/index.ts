export type { AttributionRow } from './attribution/attribution.entity.js';
export { type AttributionPart, NO_PART, partsIn } from './attribution/attribution.projection.js';
export type { ClaimRow } from './claim/claim.entity.js';
export { type FeedItem, type FeedPage, FeedReader } from './feed/feed-reader.js';
export { SharedLook } from './looks/shared-look.js';
export { readModelMigrations } from './migrations/read-model-migrations.js';
export type { Cursor, Page, PageRequest } from './paging/keyset-page.js';
export { PARKED_STATES, type ParkedEvent, type ParkedState } from './parking/parked-event.js';
export { ParkedEvents, type ParkedFilter, type ParkingDecision, type Unparking } from './parking/parked-events.js';
export { ParkingRefusal, type ParkingRefusalCode } from './parking/parking-refusal.js';
export type { AppliedBatch } from './projection/lane.js';
export type { Projection } from './projection/projection.js';
export {
  LAG_COUNTED,
  PROJECTION_STATES,
  type ProjectionOverview,
  type ProjectionReport,
  type ProjectionState,
  projectionOverview,
} from './projection/projection-overview.js';
export { Projector } from './projection/projector.js';
export { ReadModelWaiter } from './projection/read-model-waiter.js';
export {
  type AttributionOrigin,
  attributionOrigin,
  isThreadEvent,
  ThreadFold,
  type ThreadStoredEvent,
} from './projection/thread-folds.js';
export { PROJECTIONS } from './projections.js';
export type {
  Downgrade,
  DowngradeFilter,
  Publication,
  PublicationFilter,
  PublicationState,
  ReliedClaim,
} from './publication/publication.queries.js';
export * from './queries.js';
export { RebuildUnderWay, rebuild } from './rebuilding/rebuild.js';
export { RebuildWorker } from './rebuilding/rebuild-worker.js';
export {
  REBUILD_STATES,
  type RebuildRequest,
  type RebuildState,
  type RebuildStatus,
  Rebuilds,
} from './rebuilding/rebuilds.js';
export type { DenialsRow, RefusalsRow, ReversalsRow, TakeBacksRow } from './reports/case.queries.js';
export type { EchoesRow, StatusRow, ThroughputRow } from './reports/day.queries.js';
export type { OldestQuestion, OpenQuestionsRow, SecondSourceRow, SettlingRow } from './reports/duration.queries.js';
export type { Imported, ReportPlace } from './reports/place.queries.js';
export { type ActRange, type ReportedAct, ReportQueries } from './reports/report.queries.js';
export {
  type Durations,
  REPORT_INTERVALS,
  type ReportFrame,
  type ReportGroup,
  type ReportInterval,
} from './reports/report-frame.js';
export type { SearchHit } from './search/search.queries.js';
export type { SourceRow } from './source/source.entity.js';
export type { StatusHistoryRow } from './status-history/status-history.entity.js';
export type { ThreadBoardRow } from './thread-board/thread-board.entity.js';
export type { ThreadVersion, ThreadWithClaims } from './thread-board/thread-with-claims.js';
export { attributionRows, type ThreadRows, threadRows } from './thread-rows.js';

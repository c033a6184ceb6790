import { attributionProjection } from './attribution/attribution.projection.js';
import { claimProjection } from './claim/claim.projection.js';
import type { Projection } from './projection/projection.js';
import { publicationProjection } from './publication/publication.projection.js';
import { reportClaimsProjection } from './reports/report-claims.projection.js';
import { reportDaysProjection } from './reports/report-days.projection.js';
import { reportWordsProjection } from './reports/report-words.projection.js';
import { sourceProjection } from './source/source.projection.js';
import { statusHistoryProjection } from './status-history/status-history.projection.js';
import { threadBoardProjection } from './thread-board/thread-board.projection.js';
import { threadChangeProjection } from './thread-change/thread-change.projection.js';
import { threadDetailsProjection } from './thread-details/thread-details.projection.js';

export const PROJECTIONS: readonly Projection[] = [
  threadBoardProjection,
  claimProjection,
  attributionProjection,
  statusHistoryProjection,
  sourceProjection,
  publicationProjection,
  threadDetailsProjection,
  threadChangeProjection,
  reportDaysProjection,
  reportClaimsProjection,
  reportWordsProjection,
];

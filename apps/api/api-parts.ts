import type { Pool } from 'pg';
import type { Sources, Threads } from '#application';
import type { EventStore } from '#event-store';
import type { Imports } from '#imports';
import type { ApiKeys, IdempotencyAnswers, Sessions, SourceIdentities } from '#operations';
import type { Logger } from '#platform';
import type { Proof } from '#proof';
import type { ParkedEvents, ReadModelQueries, ReadModelWaiter, Rebuilds } from '#read-models';
import type { Replay } from '#replay';
import type { Metrics, Tracing } from '#telemetry';
import type { FeedLimits } from './feed/feed-limits.js';
import type { OverloadLimits } from './http/overload.js';
import type { RateLimitSettings } from './http/rate-limits.js';

/** What the API is built upon. Whoever starts it opens these and closes them after it. */
export interface ApiParts {
  /** Of the application's role. */
  readonly pool: Pool;
  readonly store: EventStore;
  readonly queries: ReadModelQueries;
  /** Told of what a projector in the same process has applied, if there is one. */
  readonly waiter: ReadModelWaiter;
  readonly replay: Replay;
  readonly parked: ParkedEvents;
  readonly rebuilds: Rebuilds;
  readonly threads: Threads;
  readonly sources: Sources;
  readonly imports: Imports;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly idempotency: IdempotencyAnswers;
  readonly proof: Proof;
  readonly identities: SourceIdentities;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Null, or left out: requests are not traced. */
  readonly tracing?: Tracing | null;
  /** Where the live feed is to keep other limits than its own. */
  readonly feedLimits?: Partial<FeedLimits>;
  /** None when left out. */
  readonly rateLimits?: RateLimitSettings;
  /** Where the process is to turn requests away elsewhere than by its own limits. */
  readonly overloadLimits?: Partial<OverloadLimits>;
  /** Addresses and networks whose X-Forwarded-* headers are believed, with commas between; nobody's when left out. */
  readonly trustedProxies?: string;
}

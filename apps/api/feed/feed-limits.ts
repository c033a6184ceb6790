export interface FeedLimits {
  readonly heartbeatMs: number;
  /** How often it is asked whether who listens still may: revoked keys and ended sessions hear no longer than this. */
  readonly admissionMs: number;
  /** What clients are told to wait before they come back. */
  readonly retryMs: number;
  /** Bytes that may wait for one client before its stream ends. */
  readonly mostWaiting: number;
  /** Streams of this process. */
  readonly mostStreams: number;
  /** Messages held for clients that come back. */
  readonly mostRecent: number;
  readonly pageSize: number;
  /** How soon to look again while things happen, and how late at last while nothing does. */
  readonly fastestPollMs: number;
  readonly slowestPollMs: number;
}

export const FEED_LIMITS: FeedLimits = {
  heartbeatMs: 15_000,
  admissionMs: 5_000,
  retryMs: 2_000,
  mostWaiting: 1024 * 1024,
  mostStreams: 5_000,
  mostRecent: 5_000,
  pageSize: 200,
  fastestPollMs: 20,
  slowestPollMs: 250,
};

import type { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { BEFORE_FIRST, type Position } from '#event-store';
import type { ApiKeys, Sessions } from '#operations';
import type { Logger } from '#platform';
import type { FeedPage, FeedReader, ReadModelWaiter } from '#read-models';
import { ApiError } from '../problems/api-error.js';
import { type FeedFilter, passes } from './feed-filter.js';
import { FEED_LIMITS, type FeedLimits } from './feed-limits.js';
import { FeedMessage, heartbeatText, openingText } from './feed-message.js';
import { type FeedAdmission, FeedStream } from './feed-stream.js';
import { RecentMessages } from './recent-messages.js';

export interface LiveFeedParts {
  readonly reader: FeedReader;
  /** Told at once of what a projector in the same process has applied. */
  readonly waiter: ReadModelWaiter;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly logger: Logger;
}

export interface FeedRequest extends FeedAdmission {
  readonly filter: FeedFilter;
  /** Everything up to here the client has. Null: it wants what happens from now on. */
  readonly after: Position | null;
}

/** Catching up reads the database, which is there for others too. */
const CATCH_UPS_AT_ONCE = 2;
const SESSION_ENDED = 'the session has ended';

/**
 * What happens, sent to all who listen. One poller a process, at work while there are streams, reads each stretch of the
 * feed once and hands it to all of them. A client that comes back gets what it missed from memory or, from further
 * back, by pages from the database as fast as it takes them, and then joins the others between two stretches.
 */
export class LiveFeed {
  private readonly limits: FeedLimits;
  private readonly streams = new Set<FeedStream>();
  /** Those that have everything up to `reached`. */
  private readonly joined = new Set<FeedStream>();
  private readonly catchUps = pLimit(CATCH_UPS_AT_ONCE);
  private reached: Position = BEFORE_FIRST;
  private recent: RecentMessages;
  /** Whether what is read holds the events, and since where what is held does. */
  private eventsSince: Position | null = null;
  private started: Promise<void> | null = null;
  private isClosed = false;
  private wake: (() => void) | null = null;

  constructor(
    private readonly parts: LiveFeedParts,
    limits: Partial<FeedLimits> = {},
  ) {
    this.limits = { ...FEED_LIMITS, ...limits };
    this.recent = new RecentMessages(BEFORE_FIRST, this.limits.mostRecent);
  }

  get subscribers(): number {
    return this.streams.size;
  }

  /**
   * @returns the body of an answer, which ends when the client is too slow, its key or session ends, or the process does
   * @throws ApiError feed_position_unknown, too_many_requests, shutting_down; what the database says when it is away
   */
  async open({ keyId, sessionToken, filter, after }: FeedRequest): Promise<Readable> {
    if (this.isClosed) throw new ApiError('shutting_down', 'This process is shutting down. Connect again.');
    if (this.streams.size >= this.limits.mostStreams) {
      throw new ApiError('too_many_requests', `This process serves ${this.limits.mostStreams} feeds, and no more.`);
    }
    const onClosed = (closed: FeedStream) => {
      this.streams.delete(closed);
      this.joined.delete(closed);
    };
    const stream = new FeedStream({ keyId, sessionToken, filter, position: after ?? BEFORE_FIRST, onClosed });
    this.streams.add(stream);
    try {
      this.started ??= this.start();
      await this.started;
      if (after !== null && after > this.reached) await this.requireWithinLog(after);
    } catch (error) {
      onClosed(stream);
      throw error;
    }
    const position = after ?? this.reached;
    stream.send(Buffer.from(openingText(this.limits.retryMs, position)), position);
    if (this.isClosed) stream.end('shutting down');
    void this.bringUp(stream).catch((err: unknown) => {
      this.parts.logger.warn({ err }, 'A client of the feed could not be brought up to date; it will come back.');
      stream.end('the feed cannot be read now');
    });
    return stream.body;
  }

  /** Ends all streams, and takes no more. */
  close(): void {
    this.isClosed = true;
    for (const stream of this.streams) stream.end('shutting down');
    this.wake?.();
  }

  private async requireWithinLog(position: Position): Promise<void> {
    const head = await this.parts.reader.head();
    if (position <= head) return;
    throw new ApiError(
      'feed_position_unknown',
      `The log ends at position ${head}, before ${position}. Use an id that this feed has sent, or none.`,
    );
  }

  private async bringUp(stream: FeedStream): Promise<void> {
    const { withEvents } = stream.filter;
    if (withEvents) this.eventsSince ??= this.reached;
    while (stream.isOpen) {
      if (this.isHeldFrom(stream.position, withEvents)) {
        // Nothing is handed out between the two, as neither waits.
        this.hand(stream, this.recent.since(stream.position), this.reached);
        this.joined.add(stream);
        return;
      }
      const { items, until } = await this.catchUps(() => this.read(stream.position, this.reached, withEvents));
      const messages = items.map((item) => new FeedMessage(item));
      this.hand(stream, messages, until);
      await stream.drained();
    }
  }

  private isHeldFrom(position: Position, withEvents: boolean): boolean {
    const hasEvents = this.eventsSince !== null && position >= this.eventsSince;
    return this.recent.reachBackTo(position) && (hasEvents || !withEvents);
  }

  private async start(): Promise<void> {
    try {
      this.reached = await this.parts.reader.reached();
    } catch (error) {
      this.started = null;
      throw error;
    }
    this.recent = new RecentMessages(this.reached, this.limits.mostRecent);
    this.eventsSince = null;
    void this.run();
  }

  private async run(): Promise<void> {
    const { reader, waiter, sessions, logger } = this.parts;
    const { fastestPollMs, slowestPollMs, heartbeatMs, admissionMs } = this.limits;
    const stopListening = waiter.onApplied(() => this.wake?.());
    const stopWatching = sessions.onEnded((token) => this.endSession(token));
    const heartbeat = setInterval(() => this.beat(), heartbeatMs);
    const admission = setInterval(() => void this.endUnadmitted(), admissionMs);
    let pauseMs = fastestPollMs;
    let isAway = false;
    while (this.streams.size > 0 && !this.isClosed) {
      try {
        const reached = await reader.reached();
        pauseMs = reached > this.reached ? fastestPollMs : Math.min(slowestPollMs, pauseMs * 1.5);
        await this.advance(reached);
        isAway = false;
      } catch (err) {
        if (!isAway) logger.warn({ err }, 'The feed cannot be read now; clients wait.');
        isAway = true;
        pauseMs = slowestPollMs;
      }
      await this.rest(pauseMs);
    }
    clearInterval(heartbeat);
    clearInterval(admission);
    stopListening();
    stopWatching();
    this.started = null;
  }

  private async advance(until: Position): Promise<void> {
    if (![...this.streams].some(({ filter }) => filter.withEvents)) this.eventsSince = null;
    while (this.reached < until) {
      const withEvents = this.eventsSince !== null;
      const page = await this.read(this.reached, until, withEvents);
      // The first client that wants events has come meanwhile: the page is to be read again, with them.
      if (!withEvents && this.eventsSince !== null) continue;
      const messages = page.items.map((item) => new FeedMessage(item));
      this.recent.add(messages);
      this.reached = page.until;
      this.publish(messages);
    }
  }

  private publish(messages: readonly FeedMessage[]): void {
    const first = messages[0]?.item.position ?? this.reached;
    const shared = new Map<string, Buffer | null>();
    for (const stream of this.joined) {
      if (this.endIfSlow(stream)) continue;
      if (stream.position >= first) {
        this.hand(stream, messages, this.reached);
        continue;
      }
      let bytes = shared.get(stream.filterKey);
      if (bytes === undefined) {
        bytes = bytesFor(stream, messages);
        shared.set(stream.filterKey, bytes);
      }
      stream.send(bytes, this.reached);
    }
  }

  private hand(stream: FeedStream, messages: readonly FeedMessage[], until: Position): void {
    const unseen = messages.filter(({ item }) => item.position > stream.position);
    stream.send(bytesFor(stream, unseen), laterOf(stream.position, until));
  }

  private endIfSlow(stream: FeedStream): boolean {
    if (stream.waiting <= this.limits.mostWaiting) return false;
    this.joined.delete(stream);
    stream.end('too slow: connect again, and go on from the last id');
    return true;
  }

  private beat(): void {
    for (const stream of this.streams) {
      // What waits keeps the connection open as well.
      if (stream.waiting > 0 || !this.joined.has(stream)) continue;
      stream.send(Buffer.from(heartbeatText(stream.position)), stream.position);
    }
  }

  /** A session that ends in this process; of one that ends in another `endUnadmitted` learns. */
  private endSession(token: string): void {
    for (const stream of this.streams) if (stream.sessionToken === token) stream.end(SESSION_ENDED);
  }

  private async endUnadmitted(): Promise<void> {
    const { keys, sessions, logger } = this.parts;
    const keyIds = new Set([...this.streams].map(({ keyId }) => keyId));
    const tokens = new Set([...this.streams].flatMap(({ sessionToken }) => sessionToken ?? []));
    try {
      const [endedKeys, endedSessions] = await Promise.all([keys.ended([...keyIds]), sessions.ended([...tokens])]);
      for (const stream of this.streams) if (endedKeys.includes(stream.keyId)) stream.end('the API key has ended');
      for (const token of endedSessions) this.endSession(token);
    } catch (err) {
      logger.warn({ err }, 'Whether those who listen to the feed still may could not be asked; it soon is again.');
    }
  }

  private async rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
  }

  private read(after: Position, until: Position, withEvents: boolean): Promise<FeedPage> {
    return this.parts.reader.read({ after, until, withEvents, limit: this.limits.pageSize });
  }
}

function bytesFor({ filter }: FeedStream, messages: readonly FeedMessage[]): Buffer | null {
  const texts = messages.filter(({ item }) => passes(filter, item)).map((message) => message.text(filter.withEvents));
  return texts.length === 0 ? null : Buffer.from(texts.join(''));
}

function laterOf(left: Position, right: Position): Position {
  return left > right ? left : right;
}

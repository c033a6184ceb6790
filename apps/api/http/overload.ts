import type { IncomingMessage, ServerResponse } from 'node:http';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { newId } from '#platform';
import { problemRow } from '../problems/problem-table.js';

export interface OverloadLimits {
  /** Requests whose answer has not begun; the next one is turned away. */
  readonly mostInWork: number;
  /** Mean delay of the event loop over the last half second from which on all are turned away. */
  readonly mostDelayMs: number;
}

export const OVERLOAD_LIMITS: OverloadLimits = { mostInWork: 1_000, mostDelayMs: 1_000 };

/** `busy`: too many in work. `slow`: the process does not come to its work. */
export type ShedReason = 'busy' | 'slow';

const SAMPLE_MS = 500;
/** How finely the delay is measured; what is measured includes it. */
const RESOLUTION_MS = 20;
const NANOSECONDS = 1e6;

/**
 * How long one that is turned away waits for that answer: a client that comes again at once would otherwise take, with
 * nothing but refusals, the time of those who are let in.
 */
const REFUSAL_MS = 500;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const counted = Symbol('is in work');
type Counted = ServerResponse & { [counted]?: boolean };

/**
 * Turns requests away before any work is done for them, so that a process with more to do than it can keeps up its
 * throughput, and those whom it lets in are answered in a bounded time. Whether it is alive and ready is always answered.
 */
export class Overload {
  inWork = 0;
  private isSlow = false;
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly limits: OverloadLimits,
    private readonly onShed: (reason: ShedReason) => void,
  ) {
    this.delay.enable();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
    this.timer.unref();
  }

  /** In front of a server's own handler. */
  guard(handler: Handler): Handler {
    const { answerBegins } = this;
    const leave = function (this: Counted): void {
      answerBegins(this);
    };
    return (request, response: Counted) => {
      const reason = isHealth(request.url) ? null : this.reasonToShed();
      if (reason !== null) {
        this.onShed(reason);
        // What comes with it is not read; left lying, the connection could not be used again.
        request.resume();
        setTimeout(turnAway, REFUSAL_MS, response);
        return;
      }
      this.inWork += 1;
      response[counted] = true;
      response.on('close', leave);
      handler(request, response);
    };
  }

  /** The work is done when the answer begins: a slow reader, or one of the feed, keeps nobody out. */
  readonly answerBegins = (response: Counted): void => {
    if (response[counted] !== true) return;
    response[counted] = false;
    this.inWork -= 1;
  };

  close(): void {
    clearInterval(this.timer);
    this.delay.disable();
  }

  private reasonToShed(): ShedReason | null {
    if (this.inWork >= this.limits.mostInWork) return 'busy';
    return this.isSlow ? 'slow' : null;
  }

  private sample(): void {
    const meanMs = this.delay.count === 0 ? 0 : this.delay.mean / NANOSECONDS;
    this.isSlow = meanMs - RESOLUTION_MS > this.limits.mostDelayMs;
    this.delay.reset();
  }
}

function isHealth(url: string | undefined): boolean {
  return url?.startsWith('/health/') === true;
}

const { status, title, retryAfter } = problemRow('overloaded');

/** By hand: whatever is spent on a request that is turned away is missing for one that is not. */
function turnAway(response: ServerResponse): void {
  if (response.destroyed) return;
  const id = newId();
  const body = JSON.stringify({
    type: '/problems/overloaded',
    title,
    status,
    detail: 'This process has more to do than it can. Repeat the request after Retry-After.',
    instance: `urn:storyledger:request:${id}`,
    code: 'overloaded',
    traceId: id,
  });
  response
    .writeHead(status, {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'retry-after': String(retryAfter),
      'x-content-type-options': 'nosniff',
      'x-request-id': id,
    })
    .end(body);
}

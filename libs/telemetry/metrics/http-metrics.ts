import { Counter, Histogram, type Registry } from 'prom-client';
import { buckets } from './buckets.js';

/** Those that routes have; others are not told apart. */
export const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export interface AnsweredRequest {
  readonly method: string;
  /** The template, such as `/v1/threads/:thread`, never what was asked for; undefined: no route was found. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

/** What comes in by HTTP, and what is turned away. */
export class HttpMetrics {
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private readonly turnedAway: Counter<'reason'>;
  private readonly overLimit: Counter<'limit'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Histogram({
      name: 'storyledger_http_request_duration_seconds',
      help: 'From the first byte of a request to the last of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: buckets(0.001, 10),
      registers,
    });
    this.turnedAway = new Counter({
      name: 'storyledger_http_shed_total',
      help: 'Requests turned away with 503 because the process had more to do than it could.',
      labelNames: ['reason'],
      registers,
    });
    this.overLimit = new Counter({
      name: 'storyledger_http_limited_total',
      help: 'Requests refused with 429 because their key or address had asked too much in a minute.',
      labelNames: ['limit'],
      registers,
    });
    // Shown before the first, so that a rise from none can be seen.
    for (const reason of ['busy', 'slow']) this.turnedAway.inc({ reason }, 0);
    for (const limit of ['key', 'address']) this.overLimit.inc({ limit }, 0);
  }

  answered({ method, route, status, seconds }: AnsweredRequest): void {
    // Methods that no route has are one label together.
    const labels = { method: METHODS.has(method) ? method : 'other', route: route ?? 'none', status };
    this.requests.observe(labels, seconds);
  }

  shed(reason: 'busy' | 'slow'): void {
    this.turnedAway.inc({ reason });
  }

  limited(limit: 'key' | 'address'): void {
    this.overLimit.inc({ limit });
  }
}

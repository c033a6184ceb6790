import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { AppendMetrics } from './append-metrics.js';
import { buckets } from './buckets.js';
import { HttpMetrics } from './http-metrics.js';

/** Where `pg` counts its connections. */
export interface WatchedPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** What must be asked elsewhere when somebody looks. A failure is counted, and leaves out what it would have set. */
export type Collector = () => Promise<void>;

const COLLECT_MS = 5_000;

/**
 * What one process counts, for Prometheus. Labels are of names that the build knows (routes, projections, pools), never of
 * what callers send: their number is bounded. docs/operations.md lists them, and says what an alert on each means.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly appends = new AppendMetrics(this.registry);
  readonly http = new HttpMetrics(this.registry);
  private readonly collectors: Collector[] = [];
  private readonly pools = new Map<string, WatchedPool>();
  private underWay: Promise<void> | null = null;

  private readonly batchEvents = new Histogram({
    name: 'storyledger_projection_batch_events',
    help: 'Events in one transaction of the projector.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers: [this.registry],
  });

  private readonly batchSeconds = new Histogram({
    name: 'storyledger_projection_batch_duration_seconds',
    help: 'From the first fold of a batch to the commit of its rows and checkpoints.',
    buckets: buckets(0.001, 10),
    registers: [this.registry],
  });

  private readonly failures = new Counter({
    name: 'storyledger_metrics_failures_total',
    help: 'Looks at the database for metrics that failed; what they would have shown is missing then.',
    registers: [this.registry],
  });

  constructor() {
    new Gauge({
      name: 'storyledger_pool_connections',
      help: 'Connections to PostgreSQL, and who waits for one, by pool of this process.',
      labelNames: ['pool', 'state'],
      registers: [this.registry],
      collect: gaugeOf((set) => {
        for (const [pool, { totalCount, idleCount, waitingCount }] of this.pools) {
          set({ pool, state: 'busy' }, totalCount - idleCount);
          set({ pool, state: 'idle' }, idleCount);
          set({ pool, state: 'waiting' }, waitingCount);
        }
      }),
    });
  }

  /** The process itself: memory, CPU, delay of the event loop, garbage collection. Costs a timer; once a process. */
  watchProcess(build: { readonly version: string }): void {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'storyledger_build_info',
      help: 'Always 1; the build is in the labels.',
      labelNames: ['version', 'node'],
      registers: [this.registry],
    }).set({ version: build.version, node: process.version }, 1);
  }

  watchPool(name: string, pool: WatchedPool): void {
    this.pools.set(name, pool);
  }

  /** A number that is there to be read at any time; of one name the last that is told of. */
  watch(name: string, help: string, read: () => number): void {
    this.registry.removeSingleMetric(name);
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: gaugeOf((set) => set({}, read())),
    });
  }

  onCollect(collector: Collector): void {
    this.collectors.push(collector);
  }

  projected({ events, seconds }: { readonly events: number; readonly seconds: number }): void {
    this.batchEvents.observe(events);
    this.batchSeconds.observe(seconds);
  }

  /** In the text format of Prometheus. Whoever asks while another's answer is made gets that one's figures. */
  async text(): Promise<string> {
    this.underWay ??= this.collect().finally(() => {
      this.underWay = null;
    });
    await this.underWay;
    return this.registry.metrics();
  }

  private async collect(): Promise<void> {
    await Promise.all(
      this.collectors.map(async (collector) => {
        const bound = new AbortController();
        const late = new Promise<never>((_, reject) => {
          const timer = setTimeout(() => reject(new Error('no answer in time')), COLLECT_MS);
          bound.signal.addEventListener('abort', () => clearTimeout(timer));
        });
        await Promise.race([collector(), late])
          .catch(() => this.failures.inc())
          .finally(() => bound.abort());
      }),
    );
  }
}

type SetGauge = (labels: Readonly<Record<string, string>>, value: number) => void;

/** prom-client hands the gauge over as `this`. */
function gaugeOf(fill: (set: SetGauge) => void): (this: Gauge) => void {
  return function (this: Gauge) {
    fill((labels, value) => this.set({ ...labels }, value));
  };
}

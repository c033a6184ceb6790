import { Gauge } from 'prom-client';
import type { EventStore, Position } from '#event-store';
import type { Proof } from '#proof';
import {
  LAG_COUNTED,
  type ProjectionReport,
  projectionOverview,
  type ReadModelQueries,
  type Rebuilds,
} from '#read-models';
import type { Metrics } from './metrics.js';

export interface LedgerGaugesParts {
  readonly store: EventStore;
  readonly queries: ReadModelQueries;
  readonly rebuilds: Rebuilds;
  readonly proof: Proof;
}

/**
 * What the ledger itself shows: how far read models, rebuilds and the Merkle tree are behind the log. Read from the
 * database when somebody looks, and the same from every process: take the maximum over them.
 */
export function watchLedger(metrics: Metrics, parts: LedgerGaugesParts): void {
  const projections = new ProjectionGauges(metrics);
  const proof = new ProofGauges(metrics);
  metrics.onCollect(() => projections.collect(parts));
  metrics.onCollect(() => proof.collect(parts));
}

class ProjectionGauges {
  private readonly lagEvents: Gauge<'projection'>;
  private readonly lagSeconds: Gauge<'projection'>;
  private readonly parked: Gauge<'projection'>;
  private readonly waiting: Gauge<'projection'>;
  private readonly stopped: Gauge<'projection'>;
  private readonly rebuildProgress: Gauge<'projection'>;
  private readonly rebuildSecondsLeft: Gauge<'projection'>;
  private readonly rebuildFailed: Gauge<'projection'>;

  constructor(metrics: Metrics) {
    const gauge = (name: string, help: string) =>
      new Gauge({ name: `storyledger_${name}`, help, labelNames: ['projection'], registers: [metrics.registry] });
    this.lagEvents = gauge('projection_lag_events', `Events still to be applied; ${LAG_COUNTED}: so many or more.`);
    this.lagSeconds = gauge('projection_lag_seconds', 'Age of the oldest event still to be applied; 0: none is.');
    this.parked = gauge('projection_parked_events', 'Events that could not be applied and wait for a decision.');
    this.waiting = gauge('projection_waiting_events', 'Events that wait behind a parked one.');
    this.stopped = gauge('projection_stopped', '1: it cannot go on at all, and tries again from time to time.');
    this.rebuildProgress = gauge('rebuild_progress_ratio', 'Of a rebuild that is asked for, under way or failed.');
    this.rebuildSecondsLeft = gauge('rebuild_seconds_left', 'Of a rebuild that runs, by its rate of the last seconds.');
    this.rebuildFailed = gauge('rebuild_failed', '1: a rebuild would fail again, and waits until somebody asks anew.');
  }

  async collect(parts: LedgerGaugesParts): Promise<void> {
    for (const gauge of this.all()) gauge.reset();
    const { projections } = await projectionOverview(parts);
    const ages = await oldestAges(parts.store, projections);
    for (const report of projections) this.set(report, ages.get(report.position) ?? 0);
  }

  private set({ projection, lag, state, rebuild, ...status }: ProjectionReport, lagSeconds: number): void {
    const labels = { projection };
    this.lagEvents.set(labels, lag);
    this.lagSeconds.set(labels, lag === 0 ? 0 : lagSeconds);
    this.parked.set(labels, status.parked);
    this.waiting.set(labels, status.waiting);
    this.stopped.set(labels, state === 'stopped' ? 1 : 0);
    if (rebuild === null) return;
    this.rebuildProgress.set(labels, rebuild.eventsTotal === 0 ? 0 : rebuild.eventsDone / rebuild.eventsTotal);
    this.rebuildFailed.set(labels, rebuild.state === 'failed' ? 1 : 0);
    if (rebuild.secondsLeft !== null) this.rebuildSecondsLeft.set(labels, rebuild.secondsLeft);
  }

  private all(): readonly Gauge[] {
    const { lagEvents, lagSeconds, parked, waiting, stopped } = this;
    return [
      lagEvents,
      lagSeconds,
      parked,
      waiting,
      stopped,
      this.rebuildProgress,
      this.rebuildSecondsLeft,
      this.rebuildFailed,
    ];
  }
}

/** By position, how old the next event is, in seconds; projections mostly stand at the same one. */
async function oldestAges(
  store: EventStore,
  projections: readonly ProjectionReport[],
): Promise<ReadonlyMap<Position, number>> {
  const behind = projections.filter(({ lag }) => lag > 0).map(({ position }) => position);
  const ages = new Map<Position, number>();
  for (const after of new Set(behind)) {
    const age = await ageOfNext(store, after);
    if (age !== null) ages.set(after, age);
  }
  return ages;
}

/** Raw: an event that this build does not know is what a projection may stand at. */
async function ageOfNext(store: EventStore, after: Position): Promise<number | null> {
  for await (const [next] of store.readRaw({ after, batchSize: 1 })) {
    if (next === undefined) return null;
    return Math.max(0, (Date.now() - Date.parse(next.recordedAt)) / 1_000);
  }
  return null;
}

class ProofGauges {
  private readonly leaves: Gauge;
  private readonly lagEvents: Gauge;
  private readonly checkpointSize: Gauge;
  private readonly checkpointAge: Gauge;

  constructor(metrics: Metrics) {
    const gauge = (name: string, help: string) =>
      new Gauge({ name: `storyledger_${name}`, help, registers: [metrics.registry] });
    this.leaves = gauge('merkle_leaves', 'Events in the Merkle tree.');
    this.lagEvents = gauge('merkle_lag_events', `Events not in the Merkle tree yet; ${LAG_COUNTED}: so many or more.`);
    this.checkpointSize = gauge('checkpoint_size', 'Events under the last signed checkpoint; 0: none is signed.');
    this.checkpointAge = gauge(
      'checkpoint_unsigned_seconds',
      'Since the last checkpoint, while events are not under it.',
    );
  }

  async collect({ store, proof }: LedgerGaugesParts): Promise<void> {
    for (const gauge of [this.leaves, this.lagEvents, this.checkpointSize, this.checkpointAge]) gauge.remove();
    const [tip, checkpoint] = await Promise.all([proof.tree.tip(), proof.checkpoints.latest()]);
    this.leaves.set(tip.size);
    this.lagEvents.set(await store.count({ after: tip.position, atMost: LAG_COUNTED }));
    this.checkpointSize.set(checkpoint?.size ?? 0);
    if (checkpoint === null) return;
    const isCovered = checkpoint.size >= tip.size;
    this.checkpointAge.set(isCovered ? 0 : Math.max(0, (Date.now() - checkpoint.signedAt.getTime()) / 1_000));
  }
}

import { Counter, Histogram, type Registry } from 'prom-client';
import { EventStoreUnavailable, WrongExpectedRevision } from '#event-store';
import { buckets } from './buckets.js';

/** `duplicate`: an earlier try had succeeded. `refused`: the append itself was wrong. */
type Outcome = 'appended' | 'duplicate' | FailureOutcome;
type FailureOutcome = 'conflict' | 'unavailable' | 'refused';

export function failureOutcome(error: unknown): FailureOutcome {
  if (error instanceof WrongExpectedRevision) return 'conflict';
  return error instanceof EventStoreUnavailable ? 'unavailable' : 'refused';
}

/** What happens on the way into the log. */
export class AppendMetrics {
  private readonly seconds: Histogram<'outcome'>;
  private readonly events: Counter;
  private readonly conflicts: Counter;
  private readonly batchEvents: Histogram;
  private readonly batchSeconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.seconds = new Histogram({
      name: 'storyledger_append_duration_seconds',
      help: 'From the call of an append until it is durable or refused.',
      labelNames: ['outcome'],
      buckets: buckets(0.001, 10),
      registers,
    });
    this.events = new Counter({
      name: 'storyledger_appended_events_total',
      help: 'Events that this process has added to the log.',
      registers,
    });
    this.conflicts = new Counter({
      name: 'storyledger_append_conflicts_total',
      help: 'Appends that found their stream changed by another process.',
      registers,
    });
    this.batchEvents = new Histogram({
      name: 'storyledger_append_batch_events',
      help: 'Events that shared a commit; PostgreSQL only.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
      registers,
    });
    this.batchSeconds = new Histogram({
      name: 'storyledger_append_batch_duration_seconds',
      help: 'Round trip of a batch, commit and flush included; PostgreSQL only.',
      buckets: buckets(0.001, 10),
      registers,
    });
  }

  appended(events: number, seconds: number, isDuplicate: boolean): void {
    this.ended(isDuplicate ? 'duplicate' : 'appended', seconds);
    if (!isDuplicate) this.events.inc(events);
  }

  failed(error: unknown, seconds: number): void {
    const outcome = failureOutcome(error);
    if (outcome === 'conflict') this.conflicts.inc();
    this.ended(outcome, seconds);
  }

  committed({ events, seconds }: { readonly events: number; readonly seconds: number }): void {
    this.batchEvents.observe(events);
    this.batchSeconds.observe(seconds);
  }

  private ended(outcome: Outcome, seconds: number): void {
    this.seconds.observe({ outcome }, seconds);
  }
}

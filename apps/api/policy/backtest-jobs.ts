import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { StatusPolicy } from '#domain';
import { EventStore } from '#event-store';
import { type Backtest, type BacktestControl, backtest } from '#replay';
import { ApiError } from '../problems/api-error.js';

export const BACKTEST_STATES = ['running', 'done', 'failed', 'cancelled'] as const;
export type BacktestState = (typeof BACKTEST_STATES)[number];

/** A back-test under way, or how it ended. */
export interface BacktestJob {
  readonly backtestId: string;
  readonly policy: StatusPolicy;
  readonly startedAt: string;
  state: BacktestState;
  /** Threads that have been looked at. */
  done: number;
  /** Threads there are; null until they have been counted. */
  total: number | null;
  endedAt: string | null;
  /** Of one that is done. */
  result: Backtest | null;
}

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Ended ones that are remembered. */
const MOST_KEPT = 20;

/**
 * The back-tests of this process: one at a time, for each reads the whole ledger. They go on when their client is gone,
 * and are lost with the process, as is what they found: nothing is changed by one, and it can be started again.
 */
@Injectable()
export class BacktestJobs implements OnModuleDestroy {
  /** In the order in which they were started. */
  private readonly jobs = new Map<string, BacktestJob>();
  private running: Running | null = null;

  constructor(private readonly store: EventStore) {}

  /**
   * A retry under the same id starts nothing.
   * @throws ApiError too_many_requests
   */
  start(backtestId: string, policy: StatusPolicy, moment: NonNullable<BacktestControl['moment']>): BacktestJob {
    const known = this.jobs.get(backtestId);
    if (known !== undefined) return known;
    if (this.running !== null) {
      const [id] = [...this.jobs.values()].filter(({ state }) => state === 'running').map((job) => job.backtestId);
      throw new ApiError('too_many_requests', `Back-test ${id} is under way. Wait until it is done, or cancel it.`);
    }
    const startedAt = new Date().toISOString();
    const progress = { state: 'running', done: 0, total: null, endedAt: null, result: null } as const;
    const job: BacktestJob = { backtestId, policy, startedAt, ...progress };
    this.jobs.set(backtestId, job);
    const stop = new AbortController();
    this.running = { stop, ended: this.run(job, moment, stop.signal) };
    return job;
  }

  /** @throws ApiError backtest_not_found */
  find(backtestId: string): BacktestJob {
    const job = this.jobs.get(backtestId);
    if (job !== undefined) return job;
    throw new ApiError(
      'backtest_not_found',
      `This process has no back-test ${backtestId}. It may have ended with the process that ran it; start it again.`,
    );
  }

  /**
   * Resolves once it has ended; of one that had ended already nothing changes.
   * @throws ApiError backtest_not_found
   */
  async cancel(backtestId: string): Promise<BacktestJob> {
    const job = this.find(backtestId);
    if (job.state === 'running') await this.stop();
    return job;
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  private async stop(): Promise<void> {
    this.running?.stop.abort();
    await this.running?.ended;
  }

  private async run(job: BacktestJob, moment: NonNullable<BacktestControl['moment']>, signal: AbortSignal) {
    const onProgress = (done: number, total: number) => Object.assign(job, { done, total });
    try {
      const result = await backtest(this.store, job.policy, { moment, signal, onProgress });
      Object.assign(job, { state: 'done', result });
    } catch {
      job.state = signal.aborted ? 'cancelled' : 'failed';
    }
    job.endedAt = new Date().toISOString();
    this.running = null;
    this.forget();
  }

  /** The oldest ones that have ended. */
  private forget(): void {
    for (const { backtestId, state } of [...this.jobs.values()].slice(0, -MOST_KEPT)) {
      if (state !== 'running') this.jobs.delete(backtestId);
    }
  }
}

import type { ClientBase } from 'pg';
import type { StoredEvent } from '#event-store';
import { type Projection, TableWriter } from '../projection/projection.js';
import { foldBatch, type ThreadFolds } from '../projection/thread-folds.js';
import type { Blockade } from './blockade.js';
import { isEventFault } from './event-fault.js';
import { ParkedTable } from './parked-table.js';

/** An event that has just been parked, and what it threw. */
export interface Failure {
  readonly projection: string;
  readonly stored: StoredEvent;
  readonly error: unknown;
}

export interface SieveParts {
  /** In a transaction that holds the lock on the projection's checkpoint, or that of a rebuild. */
  readonly client: ClientBase;
  readonly schema: string;
  readonly projection: Projection;
  readonly folds: ThreadFolds;
}

/**
 * Applies events to one projection, save those that it cannot apply: such a one is parked, and what comes after it in
 * its stream waits. It is found by halving, so that a batch with one of them costs some ten attempts.
 */
export class Sieve {
  readonly failures: Failure[] = [];
  /** What was not applied. */
  readonly held = new Set<StoredEvent>();
  private readonly parked: ParkedTable;

  constructor(
    private readonly parts: SieveParts,
    private readonly blockade: Blockade,
  ) {
    this.parked = new ParkedTable(parts.client, parts.schema, parts.projection);
  }

  /** With what is blocked already. */
  static async open(parts: SieveParts): Promise<Sieve> {
    return new Sieve(parts, await new ParkedTable(parts.client, parts.schema, parts.projection).blockade());
  }

  /** @throws what is not the fault of an event; the transaction is of no use then */
  async pass(events: readonly StoredEvent[]): Promise<void> {
    const behind = events.filter((stored) => this.blockade.holds(stored));
    await this.parked.wait(behind);
    for (const stored of behind) this.held.add(stored);
    const free = behind.length === 0 ? events : events.filter((stored) => !this.blockade.holds(stored));
    const [first] = free;
    if (first === undefined) return;
    const fault = await this.attempt(free);
    if (fault === null) return;
    if (free.length === 1) return this.park(first, fault.error);
    const half = Math.ceil(free.length / 2);
    await this.pass(free.slice(0, half));
    await this.pass(free.slice(half));
  }

  private async attempt(events: readonly StoredEvent[]): Promise<{ readonly error: unknown } | null> {
    const { client, schema, projection, folds } = this.parts;
    await client.query('SAVEPOINT attempt');
    try {
      const tables = new TableWriter(client, schema);
      projection.apply(await foldBatch(events, folds, projection.reads), tables);
      await tables.written();
    } catch (error) {
      // The folds are ahead of the tables now.
      folds.clear();
      if (!isEventFault(error)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT attempt');
      return { error };
    }
    await client.query('RELEASE SAVEPOINT attempt');
    return null;
  }

  private async park(stored: StoredEvent, error: unknown): Promise<void> {
    const state = await this.parked.park(stored, error);
    this.held.add(stored);
    if (state === 'dropped') return;
    this.blockade.add(stored);
    this.failures.push({ projection: this.parts.projection.name, stored, error });
  }
}

import type { Pool, PoolClient } from 'pg';
import { BEFORE_FIRST, type EventStore, type Position, type StoredEvent } from '#event-store';
import type { Blockade } from '../parking/blockade.js';
import { ParkedTable } from '../parking/parked-table.js';
import { type Failure, Sieve } from '../parking/sieve.js';
import { advanceCheckpoints, type Checkpoint, LIVE_SCHEMA, lockCheckpoints } from './checkpoints.js';
import type { Tokens } from './leases.js';
import { type LogOrigin, logOrigin } from './log-origin.js';
import { isPassingFault } from './passing-fault.js';
import { type Projection, type ProjectionBatch, TableWriter } from './projection.js';
import { Rate } from './rate.js';
import { foldBatch, ThreadFolds } from './thread-folds.js';
import { inTransaction } from './transaction.js';

/** Another projector or a rebuild has moved a checkpoint or a lease: what this one has read and folded is of no use. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** A stretch of the log, from the position where a lane stands. */
export interface Stretch {
  readonly events: readonly StoredEvent[];
  readonly until: Position;
}

/** A projection that cannot go on at all, whatever the event. */
export interface Stopped {
  readonly projection: Projection;
  readonly error: unknown;
}

/** Of `performance.now()`. */
interface Timed {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What was committed together, parked events included. */
export interface AppliedBatch extends Timed {
  readonly events: readonly StoredEvent[];
  /** In the order in which they took their turns. */
  readonly projections: readonly AppliedProjection[];
}

export interface AppliedProjection extends Timed {
  readonly name: string;
}

/** A projection with the writer by which it has sent what it writes. */
interface Writing {
  readonly projection: Projection;
  readonly tables: TableWriter;
}

export interface LaneParts {
  readonly store: EventStore;
  readonly pool: Pool;
  /** Under which it may write. */
  readonly tokens: Tokens;
  /** Called once the parking is committed. */
  readonly onParked?: (failure: Failure) => void;
  readonly onBatch?: (batch: AppliedBatch) => void;
}

/** A process that is paused in the middle holds the checkpoints for no longer than this: its connection is then cut. */
const BEGIN = 'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 10000';

/** Projections that stand at the same position and go on together, a batch and their checkpoints in one transaction. */
export class Lane {
  private readonly folds: ThreadFolds;
  private readonly rate = new Rate();
  private turn: Promise<unknown> = Promise.resolve();
  private applied: AppliedProjection[] = [];

  constructor(
    private readonly parts: LaneParts,
    public projections: readonly Projection[],
    public position: Position,
  ) {
    this.folds = new ThreadFolds(parts.store);
  }

  /** Nothing else happens to the lane meanwhile. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /**
   * Parks what a projection cannot apply. Projections that cannot go on at all leave the lane and are returned.
   *
   * @throws Overtaken when a checkpoint is not where this lane stands, or a fault that passes
   */
  async apply(stretch: Stretch): Promise<readonly Stopped[]> {
    const startedAt = performance.now();
    this.applied = [];
    const stopped = await this.applyOrPark(stretch);
    const projections = this.applied;
    if (stretch.events.length > 0 && projections.length > 0) {
      this.parts.onBatch?.({ events: stretch.events, projections, startedAt, endedAt: performance.now() });
    }
    return stopped;
  }

  private async applyOrPark(stretch: Stretch): Promise<readonly Stopped[]> {
    try {
      await this.applyTogether(stretch);
    } catch (error) {
      // They are ahead of the tables now.
      this.folds.clear();
      this.applied = [];
      if (error instanceof Overtaken || isPassingFault(error)) throw error;
      return this.applyApart(stretch);
    }
    this.position = stretch.until;
    return [];
  }

  private async applyTogether({ events, until }: Stretch): Promise<void> {
    const { projections } = this;
    if (projections.length === 0) return;
    const eventsPerSecond = this.rate.after(events.length);
    await this.advance(
      projections,
      { to: until, origin: this.originIn(events), events: events.length, eventsPerSecond },
      async (client, held) => {
        if (held.length > 0) return this.applyAround(client, events, held);
        const batch = await foldBatch(events, this.folds, this.reads());
        await this.written(projections.map((projection) => this.write(client, projection, batch)));
      },
    );
  }

  /** What it writes is on its way then. */
  private write(client: PoolClient, projection: Projection, batch: ProjectionBatch): Writing {
    const tables = new TableWriter(client, LIVE_SCHEMA);
    projection.apply(batch, tables);
    return { projection, tables };
  }

  /** The database takes them one after the other, in this order. */
  private async written(writings: readonly Writing[]): Promise<void> {
    for (const { projection, tables } of writings) await this.timed(projection, () => tables.written());
  }

  /** Events of streams that a projection has parked wait; what no projection can take yet is not even folded. */
  private async applyAround(client: PoolClient, events: readonly StoredEvent[], held: readonly string[]) {
    const blockades = new Map<Projection, Blockade>();
    for (const projection of this.projections.filter(({ name }) => held.includes(name))) {
      blockades.set(projection, await new ParkedTable(client, LIVE_SCHEMA, projection).blockade());
    }
    const waits = (projection: Projection, stored: StoredEvent) => blockades.get(projection)?.holds(stored) === true;
    const wanted = events.filter((stored) => this.projections.some((projection) => !waits(projection, stored)));
    const batch = await foldBatch(wanted, this.folds, this.reads());
    const writings = this.projections.map((projection) =>
      this.write(client, projection, {
        events: batch.events.filter((stored) => !waits(projection, stored)),
        steps: batch.steps.filter(({ stored }) => !waits(projection, stored)),
        ends: new Map([...batch.ends].filter(([, { last }]) => last !== null && !waits(projection, last))),
      }),
    );
    await this.written(writings);
    for (const projection of this.projections) {
      const behind = events.filter((stored) => waits(projection, stored));
      if (behind.length > 0) await hold(client, projection, (parked) => parked.wait(behind));
    }
  }

  private async timed<T>({ name }: Projection, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const result = await work();
    this.applied.push({ name, startedAt, endedAt: performance.now() });
    return result;
  }

  private reads(): 'steps' | 'ends' {
    return this.projections.every(({ reads }) => reads === 'ends') ? 'ends' : 'steps';
  }

  /** Each by itself, so that what one cannot apply is parked for that one alone. */
  private async applyApart({ events, until }: Stretch): Promise<readonly Stopped[]> {
    const stopped: Stopped[] = [];
    for (const projection of this.projections) {
      try {
        const failures = await this.timed(projection, () => this.sift(projection, { events, until }));
        for (const failure of failures) this.parts.onParked?.(failure);
      } catch (error) {
        if (error instanceof Overtaken || isPassingFault(error)) throw error;
        stopped.push({ projection, error });
      }
    }
    this.projections = this.projections.filter((each) => !stopped.some(({ projection }) => projection === each));
    this.position = until;
    return stopped;
  }

  private async sift(projection: Projection, { events, until }: Stretch): Promise<readonly Failure[]> {
    const failures: Failure[] = [];
    const advance = { to: until, origin: this.originIn(events), events: events.length, eventsPerSecond: null };
    await this.advance([projection], advance, async (client) => {
      const folds = new ThreadFolds(this.parts.store);
      const sieve = await Sieve.open({ client, schema: LIVE_SCHEMA, projection, folds });
      await hold(client, projection, () => sieve.pass(events));
      failures.push(...sieve.failures);
    });
    return failures;
  }

  /** One transaction, in which the checkpoints are locked, found where this lane stands and still ours, and moved. */
  private async advance(
    projections: readonly Projection[],
    advance: Parameters<typeof advanceCheckpoints>[2],
    work: (client: PoolClient, held: readonly string[]) => Promise<void>,
  ): Promise<void> {
    await inTransaction(
      this.parts.pool,
      async (client) => {
        const checkpoints = await lockCheckpoints(client, projections);
        for (const projection of projections) this.expectHere(projection, checkpoints.get(projection.name));
        const held = [...checkpoints.values()].filter((checkpoint) => checkpoint.held > 0);
        const names = held.map(({ projection }) => projection);
        // Neither waits for the other's answer: both hold only if all of it is committed.
        await Promise.all([advanceCheckpoints(client, projections, advance), work(client, names)]);
      },
      BEGIN,
    );
  }

  /** The first event that is ever applied is the first of the log. */
  private originIn([first]: readonly StoredEvent[]): LogOrigin | null {
    return this.position === BEFORE_FIRST && first !== undefined ? logOrigin(first) : null;
  }

  private expectHere({ name, version }: Projection, stored: Checkpoint | undefined): void {
    const isHere = stored?.position === this.position && stored.version === version;
    if (!isHere || stored.leaseToken !== this.parts.tokens.get(name)) throw new Overtaken();
  }
}

async function hold(
  client: PoolClient,
  projection: Projection,
  work: (parked: ParkedTable) => Promise<void>,
): Promise<void> {
  const parked = new ParkedTable(client, LIVE_SCHEMA, projection);
  await work(parked);
  await parked.count();
}

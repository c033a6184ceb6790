import { setMaxListeners } from 'node:events';
import { BEFORE_FIRST, type FeedBatch, type Position, type StoredEvent } from '#event-store';
import { adoptOrigin, type Checkpoint, readCheckpoints, recordFailure, recordObstacle } from './checkpoints.js';
import { Lane, Overtaken, type Stopped, type Stretch } from './lane.js';
import { type Leases, RENEW_MS, STANDBY_MS, type Tokens } from './leases.js';
import { type LogOrigin, originOf } from './log-origin.js';
import type { Projection } from './projection.js';
import { type ProjectorOptions, pause } from './projector-options.js';

const BATCH_SIZE = 500;
/** How soon, and at last how often, a projection that cannot go on at all tries again. */
const FIRST_STOP_MS = 1_000;
const LAST_STOP_MS = 30_000;
const REBUILD_CHECK_MS = 2_000;

/**
 * What a projector does from reading the checkpoints until something happens after which they must be read again.
 *
 * Projections at one position go together, in a lane. The lane furthest on leads and follows the log. One that is
 * behind, being new or stopped, catches up by itself and then joins the lead. What a projection cannot apply is parked,
 * and it goes on; one whose tables cannot be written at all falls behind and tries again from time to time, while the
 * others go on.
 */
export class ProjectorRound {
  private readonly over = new AbortController();
  private readonly signal: AbortSignal;
  private readonly batchSize: number;
  private readonly lanes = new Set<Lane>();
  private tokens: Tokens = new Map();
  private readonly tasks = new Set<Promise<void>>();
  /** How often in a row each projection has stopped. */
  private readonly stops = new Map<string, number>();
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly options: ProjectorOptions,
    stop: AbortSignal,
    private readonly leases: Leases,
    private readonly onProgress: (reached: Position | null) => void,
  ) {
    this.signal = AbortSignal.any([stop, this.over.signal]);
    // All projections may wait on it at once; Node takes more than ten for a leak, and says so.
    setMaxListeners(options.projections.length + 10, this.signal);
    this.batchSize = options.batchSize ?? BATCH_SIZE;
  }

  /** Where all projections have got to: the one furthest behind. Null: none runs. */
  get reached(): Position | null {
    const positions = [...this.lanes].filter((lane) => lane.projections.length > 0).map((lane) => lane.position);
    return positions.toSorted((left, right) => (left < right ? -1 : 1))[0] ?? null;
  }

  /** @throws Overtaken, or the fault that ended it, once everything that it started has ended */
  async run(): Promise<void> {
    const { store, pool, projections } = this.options;
    const origin = await originOf(store);
    if (origin !== null) await adoptOrigin(pool, projections, origin);
    const found = await readCheckpoints(pool, projections);
    // After the checkpoints: read before, it would be behind those that another projector moves meanwhile.
    const log = { head: await store.head(), origin };
    const runnable = projections.filter((projection) => {
      const checkpoint = found.get(projection.name);
      const obstacle = obstacleTo(projection, checkpoint, log);
      if (obstacle !== null) this.start(this.awaitRebuild(projection, obstacle, checkpoint));
      return obstacle === null;
    });
    // Of tables that are not for this build to write it takes no lease: another build may be there for them.
    this.tokens = await this.leases.take(runnable);
    const own = runnable.filter(({ name }) => this.tokens.has(name));
    const [lead, ...behind] = this.openLanes(own, await readCheckpoints(pool, projections));
    if (lead !== undefined) {
      this.start(this.follow(lead));
      for (const lane of behind) this.start(this.catchUp(lane, lead));
    }
    this.start(this.keepLeases(runnable.filter((projection) => !own.includes(projection))));
    while (this.tasks.size > 0) await Promise.race(this.tasks);
    if (this.failure !== null) throw this.failure.error;
  }

  /** Until one has gone to another process, or one that was another's may be taken: all is then taken up anew. */
  private async keepLeases(others: readonly Projection[]): Promise<void> {
    for (let renewIn = RENEW_MS; !this.signal.aborted; renewIn -= STANDBY_MS) {
      await pause(STANDBY_MS, this.signal);
      if (this.signal.aborted) return;
      if (others.length > 0 && (await this.leases.isAnyFree(others))) throw new Overtaken();
      if (renewIn > 0) continue;
      if (!(await this.leases.renew(this.tokens))) throw new Overtaken();
      renewIn = RENEW_MS;
    }
  }

  private start(work: Promise<void>): void {
    const task = work
      .catch((error: unknown) => {
        this.failure ??= { error };
        this.over.abort();
      })
      .finally(() => this.tasks.delete(task));
    this.tasks.add(task);
  }

  /** The one furthest on comes first. */
  private openLanes(projections: readonly Projection[], checkpoints: ReadonlyMap<string, Checkpoint>): Lane[] {
    const byPosition = new Map<Position, Projection[]>();
    for (const projection of projections) {
      const position = checkpoints.get(projection.name)?.position ?? BEFORE_FIRST;
      byPosition.set(position, [...(byPosition.get(position) ?? []), projection]);
    }
    return [...byPosition]
      .toSorted(([left], [right]) => (left > right ? -1 : 1))
      .map(([position, together]) => this.openLane(together, position));
  }

  private openLane(projections: readonly Projection[], position: Position): Lane {
    const lane = new Lane({ ...this.options, tokens: this.tokens }, projections, position);
    this.lanes.add(lane);
    return lane;
  }

  private async follow(lead: Lane): Promise<void> {
    const { signal, batchSize } = this;
    const batches = this.options.store.subscribe({ after: lead.position, signal, batchSize });
    for await (const { events, position } of readingAhead(batches)) {
      if (position > lead.position) await lead.exclusively(() => this.advance(lead, { events, until: position }, lead));
      this.progress();
    }
  }

  private async advance(lane: Lane, stretch: Stretch, lead: Lane): Promise<void> {
    const from = lane.position;
    for (const stopped of await lane.apply(stretch)) this.start(this.tryAgain(stopped, from, stretch, lead));
    for (const { name } of lane.projections) this.stops.delete(name);
  }

  private async tryAgain({ projection, error }: Stopped, from: Position, stretch: Stretch, lead: Lane): Promise<void> {
    const lane = this.openLane([projection], from);
    const stops = this.stops.get(projection.name) ?? 0;
    this.stops.set(projection.name, stops + 1);
    this.options.onError?.(error, from);
    await recordFailure(this.options.pool, [projection], error, stretch.events[0] ?? null);
    await pause(Math.min(LAST_STOP_MS, FIRST_STOP_MS * 2 ** Math.min(stops, 10)), this.signal);
    await this.catchUp(lane, lead);
  }

  private async catchUp(lane: Lane, lead: Lane): Promise<void> {
    while (!this.signal.aborted && lane.projections.length > 0) {
      const events = await this.read(lane.position, lead.position);
      if (events.length < this.batchSize) {
        if (await lead.exclusively(() => this.join(lane, lead))) return;
      } else {
        await this.advance(lane, { events, until: events.at(-1)?.position ?? lane.position }, lead);
      }
      this.progress();
    }
    this.lanes.delete(lane);
  }

  /** False: there is more to read than goes into one batch. */
  private async join(lane: Lane, lead: Lane): Promise<boolean> {
    const events = await this.read(lane.position, lead.position);
    if (events.length === this.batchSize) return false;
    if (lead.position > lane.position) await this.advance(lane, { events, until: lead.position }, lead);
    lead.projections = [...lead.projections, ...lane.projections];
    this.lanes.delete(lane);
    this.progress();
    return true;
  }

  private async awaitRebuild(projection: Projection, obstacle: Error, checkpoint?: Checkpoint): Promise<void> {
    const { store, pool, onError } = this.options;
    onError?.(obstacle, checkpoint?.position ?? BEFORE_FIRST);
    if (checkpoint !== undefined) await recordObstacle(pool, obstacle, checkpoint);
    while (!this.signal.aborted) {
      await pause(REBUILD_CHECK_MS, this.signal);
      const checkpoints = await readCheckpoints(pool, [projection]);
      const log = { head: await store.head(), origin: await originOf(store) };
      if (obstacleTo(projection, checkpoints.get(projection.name), log) === null) throw new Overtaken();
    }
  }

  private async read(after: Position, until: Position): Promise<readonly StoredEvent[]> {
    const limit = this.batchSize;
    const events: StoredEvent[] = [];
    for await (const stored of this.options.store.readAll({ after, until, limit, batchSize: limit })) {
      events.push(stored);
    }
    return events;
  }

  private progress(): void {
    const run = [...this.lanes].reduce((count, lane) => count + lane.projections.length, 0);
    // What others run, or nobody yet, may be further behind.
    this.onProgress(run === this.options.projections.length ? this.reached : null);
  }
}

/**
 * While a batch is applied, the next one is read, where it is known that there is one. At the end of the log it would only
 * be small: what comes meanwhile is better off in the one after.
 */
async function* readingAhead(batches: AsyncIterable<FeedBatch>): AsyncIterable<FeedBatch> {
  const reader = batches[Symbol.asyncIterator]();
  try {
    for (let coming = reader.next(); ; ) {
      const { done, value: batch } = await coming;
      if (done === true) return;
      if (batch.caughtUp) {
        yield batch;
        coming = reader.next();
      } else {
        coming = reader.next();
        // It may fail before it is awaited: unheard, it would end the process.
        coming.catch(() => undefined);
        yield batch;
      }
    }
  } finally {
    // Behind a read that only the end of the round calls off.
    void reader.return?.().catch(() => undefined);
  }
}

/** Why the tables are not for this build to write, or not on this log. */
function obstacleTo(
  { name, version }: Projection,
  checkpoint: Checkpoint | undefined,
  { head, origin }: { readonly head: Position; readonly origin: LogOrigin | null },
): Error | null {
  const remedy = `Run: storyledger projections rebuild ${name}`;
  if (checkpoint !== undefined && checkpoint.version < version) {
    return new Error(
      `The tables of ${name} are of version ${checkpoint.version}, and this build writes version ${version}. They are ` +
        `served as they are until a projector has rebuilt them. By hand: storyledger projections rebuild ${name}`,
    );
  }
  if (checkpoint?.version !== version) {
    return new Error(
      `The tables of ${name} are of version ${checkpoint?.version}, and this build writes version ${version}. ${remedy}`,
    );
  }
  if (checkpoint.origin !== null && checkpoint.origin !== origin) {
    return new Error(
      `The tables of ${name} were computed from another log, and positions of one mean nothing in the other. ${remedy}`,
    );
  }
  if (checkpoint.position > head) {
    return new Error(
      `The tables of ${name} are at position ${checkpoint.position}, and the log ends at ${head}: it was restored to an earlier time, or is another. ${remedy}`,
    );
  }
  return null;
}

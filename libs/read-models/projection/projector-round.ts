import { BEFORE_FIRST, type Position, type StoredEvent } from '#event-store';
import { type Checkpoint, readCheckpoints, recordFailure } from './checkpoints.js';
import { Lane, Overtaken, type Stretch } from './lane.js';
import { isPassingFault } from './passing-fault.js';
import type { Projection } from './projection.js';
import { type ProjectorOptions, pause } from './projector-options.js';

const BATCH_SIZE = 500;
/** How soon, and at last how often, a projection tries again the event that it cannot apply. */
const FIRST_BLOCKED_MS = 1_000;
const LAST_BLOCKED_MS = 30_000;
const REBUILD_CHECK_MS = 2_000;

/**
 * What a projector does from reading the checkpoints until something happens after which they must be read again.
 *
 * Projections at one position go together, in a lane. The lane furthest on leads and follows the log. One that is
 * behind, being new or blocked, catches up by itself and then joins the lead. A projection that cannot apply an event
 * falls behind: it stops before that event and tries it again from time to time, while the others go on.
 */
export class ProjectorRound {
  private readonly over = new AbortController();
  private readonly signal: AbortSignal;
  private readonly batchSize: number;
  private readonly lanes = new Set<Lane>();
  private readonly tasks = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly options: ProjectorOptions,
    stop: AbortSignal,
    private readonly onProgress: (reached: Position) => void,
  ) {
    this.signal = AbortSignal.any([stop, this.over.signal]);
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
    const checkpoints = await readCheckpoints(pool, projections);
    // After the checkpoints: read before, it would be behind those that another projector moves meanwhile.
    const head = await store.head();
    const current = projections.filter((projection) => {
      const checkpoint = checkpoints.get(projection.name);
      const obstacle = obstacleTo(projection, checkpoint, head);
      if (obstacle !== null) this.start(this.awaitRebuild(projection, obstacle, checkpoint));
      return obstacle === null;
    });
    const [lead, ...behind] = this.openLanes(current, checkpoints);
    if (lead !== undefined) {
      this.start(this.follow(lead));
      for (const lane of behind) this.start(this.catchUp(lane, lead));
    }
    while (this.tasks.size > 0) await Promise.race(this.tasks);
    if (this.failure !== null) throw this.failure.error;
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
    const lane = new Lane(this.options, projections, position);
    this.lanes.add(lane);
    return lane;
  }

  private async follow(lead: Lane): Promise<void> {
    const { store } = this.options;
    for await (const { events, position } of store.subscribe({
      after: lead.position,
      signal: this.signal,
      batchSize: this.batchSize,
    })) {
      if (position > lead.position) await lead.exclusively(() => this.advance(lead, { events, until: position }));
      this.progress();
    }
  }

  private async advance(lead: Lane, stretch: Stretch): Promise<void> {
    const from = lead.position;
    try {
      await lead.apply(stretch);
    } catch (error) {
      if (error instanceof Overtaken || isPassingFault(error)) throw error;
      for (const projection of await lead.applyApart(stretch)) {
        this.start(this.catchUp(this.openLane([projection], from), lead));
      }
    }
  }

  private async catchUp(lane: Lane, lead: Lane): Promise<void> {
    let size = this.batchSize;
    let tries = 0;
    while (!this.signal.aborted) {
      const events = await this.read(lane.position, lead.position, size);
      try {
        if (events.length < size) {
          if (await lead.exclusively(() => this.join(lane, lead, size))) return;
        } else {
          await lane.apply({ events, until: events.at(-1)?.position ?? lane.position });
        }
        this.progress();
        size = Math.min(this.batchSize, size * 2);
        tries = 0;
      } catch (error) {
        if (error instanceof Overtaken || isPassingFault(error)) throw error;
        // Towards the one event that fails: all before it are to be applied.
        if (size > 1) size = Math.floor(size / 2);
        else await this.block(lane, error, events[0] ?? null, tries++);
      }
    }
  }

  /** False: there is more to read than goes into one batch. */
  private async join(lane: Lane, lead: Lane, size: number): Promise<boolean> {
    const events = await this.read(lane.position, lead.position, size);
    if (events.length === size) return false;
    if (lead.position > lane.position) await lane.apply({ events, until: lead.position });
    lead.projections = [...lead.projections, ...lane.projections];
    this.lanes.delete(lane);
    this.progress();
    return true;
  }

  private async block(lane: Lane, error: unknown, stored: StoredEvent | null, tries: number): Promise<void> {
    this.options.onError?.(error, lane.position);
    await recordFailure(this.options.pool, lane.projections, error, stored);
    await pause(Math.min(LAST_BLOCKED_MS, FIRST_BLOCKED_MS * 2 ** Math.min(tries, 10)), this.signal);
  }

  private async awaitRebuild(projection: Projection, obstacle: Error, checkpoint?: Checkpoint): Promise<void> {
    const { store, pool, onError } = this.options;
    onError?.(obstacle, checkpoint?.position ?? BEFORE_FIRST);
    await recordFailure(pool, [projection], obstacle, null);
    while (!this.signal.aborted) {
      await pause(REBUILD_CHECK_MS, this.signal);
      const checkpoints = await readCheckpoints(pool, [projection]);
      if (obstacleTo(projection, checkpoints.get(projection.name), await store.head()) === null) throw new Overtaken();
    }
  }

  private async read(after: Position, until: Position, limit: number): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const stored of this.options.store.readAll({ after, until, limit, batchSize: limit })) {
      events.push(stored);
    }
    return events;
  }

  private progress(): void {
    if (this.reached !== null) this.onProgress(this.reached);
  }
}

/** Why the tables are not for this build to write, or not on this log. */
function obstacleTo({ name, version }: Projection, checkpoint: Checkpoint | undefined, head: Position): Error | null {
  const remedy = `Run: storyledger projections rebuild ${name}`;
  if (checkpoint?.version !== version) {
    return new Error(
      `The tables of ${name} are of version ${checkpoint?.version}, and this build writes version ${version}. ${remedy}`,
    );
  }
  if (checkpoint.position > head) {
    return new Error(
      `The tables of ${name} are at position ${checkpoint.position}, and the log ends at ${head}: it was restored to an earlier time, or is another. ${remedy}`,
    );
  }
  return null;
}

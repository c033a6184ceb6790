import { LRUCache } from 'lru-cache';
import type { Decider, Instant, Recorded } from '#domain';
import { Refusal } from '#domain';
import type { AppendResult, EventStore, LedgerEvent, NewEvent, Position, Revision, StreamRange } from '#event-store';
import { EventIdReused, WrongExpectedRevision } from '#event-store';
import { type CommandContext, derivedId } from './command-context.js';

export interface Committed<View> {
  /** Of the command's last event; the stream's own when the command had been carried out before. */
  readonly revision: Revision;
  /** The log holds the command's events at or before here. Null: nothing was appended now. */
  readonly position: Position | null;
  readonly recordedAt: Instant | null;
  /** False: a retry, and nothing was appended. */
  readonly changed: boolean;
  /** What `view` made of the state that the append with the command left behind. */
  readonly view: View;
}

export interface StreamWriterOptions {
  /** Events kept folded in memory, over all streams. */
  readonly cachedEvents?: number;
  /** Tries of one command against states that others keep changing. */
  readonly attempts?: number;
}

type CommandSource<State, Command> = Command | ((state: State) => Command);

/** Commands that were decided one upon the other and are appended as one. */
class Group {
  readonly events: NewEvent[] = [];
  private looks: (() => void)[] = [];
  /** Which of `events` the stream held before, once somebody has asked. */
  held: Promise<ReadonlySet<string>> | null = null;
  readonly appended: Promise<AppendResult>;
  resolve!: (result: AppendResult) => void;
  reject!: (error: unknown) => void;

  constructor(readonly expected: Revision) {
    this.appended = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Every member awaits it; a group whose members were all refused must not count as an unhandled rejection.
    this.appended.catch(() => undefined);
  }

  /** `look` takes what a member wants to see of the state, once it is the one that the append leaves behind. */
  join(look: () => void): void {
    this.looks.push(look);
  }

  /** Nothing joins any more: the state is now as this group's append leaves it. */
  close(): void {
    for (const look of this.looks) look();
    this.looks = [];
  }
}

/** A stream folded in memory, ahead of the store by the groups under way. */
class LiveStream<State> {
  /** Sent and not answered yet, each upon the one before. */
  flying: Group[] = [];
  /** In the order in which they will fly; only the last one is still joined. */
  waiting: Group[] = [];
  isTakingOff = false;
  /** Another writer was faster, or an append's outcome is unknown: whoever holds this must load the stream anew. */
  broken = false;
  /** By `performance.now()`: after the wall clock is set back, what is old would pass for fresh. */
  checkedAt = performance.now();
  /** Under way. */
  check: { readonly beganAt: number; readonly isCurrent: Promise<boolean> } | null = null;

  constructor(
    readonly stream: string,
    public state: State,
    public revision: Revision,
    public lastRecordedAt: Instant,
  ) {}
}

function looked<View>(seen: { readonly view: View } | null): View {
  if (seen === null) throw new Error('An append went out before its commands had looked at the state.');
  return seen.view;
}

/** Each takes a kilobyte or more in a thread, with what is kept of it to find echoes. */
const CACHED_EVENTS = 100_000;
/** Commands wait while this many events are already waiting to be appended to their stream. */
const WAITING_EVENTS = 1_000;
/** Events that are not worth a second append. */
const SMALL_GROUP = 16;
/** Appends of a stream on their way at once, to a store that lets one follow the other. */
const FLYING_GROUPS = 2;

/** A refused command is looked for among so many of the latest events: retries come soon. */
const RECENT_EVENTS = 100;

function isFresh({ checkedAt }: { readonly checkedAt: number }, maxAgeMs: number): boolean {
  return performance.now() - checkedAt <= maxAgeMs;
}

function eventsIn(groups: readonly Group[]): number {
  let count = 0;
  for (const { events } of groups) count += events.length;
  return count;
}

/** The same for every try of a command. */
function eventId({ commandId, eventLabel = 'event' }: CommandContext, index: number): string {
  return derivedId(commandId, `${eventLabel}/${index}`);
}

/** Another writer was faster, or an earlier try of a command in the group had succeeded: decide anew. */
function isOutrun(error: unknown): boolean {
  return error instanceof WrongExpectedRevision || error instanceof EventIdReused;
}

/**
 * Carries out commands: load, fold, decide, append, and again when another writer was faster. A command is carried out
 * once: a retry is known by the ids of its events, even when the rules would decide it anew or refuse it by now.
 *
 * A hot stream stays folded in memory and commands are decided against the newest state in the process, not the newest
 * one in the store. Those decided while an append is under way go together into the next ones, so that a stream takes
 * one append, not one command, for each commit. The next is sent before the last is answered, so that the store is never
 * without work, but only where the store can tell that it follows that one: it could otherwise slip in behind a stranger's
 * events at just the revision it expects.
 */
export class StreamWriter<State, Command, Event extends LedgerEvent> {
  private readonly live: LRUCache<string, LiveStream<State>>;
  private readonly loads = new Map<string, Promise<LiveStream<State>>>();
  private readonly attempts: number;
  private readonly flyingGroups: number;

  constructor(
    private readonly store: EventStore,
    private readonly decider: Decider<State, Command, Event>,
    options: StreamWriterOptions = {},
  ) {
    this.attempts = options.attempts ?? 10;
    this.flyingGroups = store.letsAppendsFollow ? FLYING_GROUPS : 1;
    const maxSize = options.cachedEvents ?? CACHED_EVENTS;
    this.live = new LRUCache({
      maxSize,
      // A stream longer than the whole cache takes all of it: to leave it out would be to fold it for each command.
      sizeCalculation: (live) => Math.min(Number(live.revision) + 2, maxSize),
    });
  }

  /**
   * Resolves once the command's events are durable. `view` sees the state that the append with the command leaves
   * behind, other commands of the same append included: what it returns is true if, and only if, the append succeeds.
   *
   * @throws Refusal, of a state known to be current
   * @throws WrongExpectedRevision when `context.expectedRevision` is not met
   * @throws EventStoreUnavailable
   */
  async execute<View>(
    stream: string,
    command: CommandSource<State, Command>,
    context: CommandContext,
    view: (state: State) => View,
  ): Promise<Committed<View>> {
    let isDone = false;
    for (let attempt = 1; ; attempt++) {
      const live = this.withRoom(stream) ?? (await this.loadWithRoom(stream));
      const last = attempt >= this.attempts;
      const outcome = isDone
        ? await this.answerRetry(live, view, last)
        : await this.attempt(live, command, context, view, last);
      if (outcome === 'done') isDone = true;
      else if (outcome !== 'again') return outcome;
      else if (attempt >= this.attempts) {
        throw new WrongExpectedRevision(stream, live.revision, await this.headRevision(stream));
      }
    }
  }

  /** The state, at most `maxAgeMs` behind the store. Read it at once: it changes with the next command. */
  async read(stream: string, maxAgeMs = 0): Promise<{ readonly state: State; readonly revision: Revision }> {
    const known = this.known(stream, maxAgeMs);
    if (known !== null) return known;
    const live = await this.load(stream);
    if (isFresh(live, maxAgeMs) || (await this.isCheckedWithin(live, maxAgeMs))) return live;
    return this.load(stream);
  }

  /** Who comes while it is checked shares the check, if that began within the age that is asked for. */
  private async isCheckedWithin(live: LiveStream<State>, maxAgeMs: number): Promise<boolean> {
    const { check } = live;
    if (check !== null && performance.now() - check.beganAt < maxAgeMs) return check.isCurrent;
    const own = { beganAt: performance.now(), isCurrent: this.isCurrent(live) };
    live.check = own;
    try {
      return await own.isCurrent;
    } finally {
      if (live.check === own) live.check = null;
    }
  }

  /** As `read`, when that takes no waiting; null otherwise. */
  known(stream: string, maxAgeMs: number): { readonly state: State; readonly revision: Revision } | null {
    const live = this.live.get(stream);
    return live !== undefined && isFresh(live, maxAgeMs) ? live : null;
  }

  /** Folded from the store alone, with the times that the store gave. */
  async readFresh(stream: string): Promise<{ readonly state: State; readonly revision: Revision }> {
    return this.fold(stream);
  }

  /** Straight from the store. */
  async *events(stream: string, direction: 'forward' | 'backward'): AsyncIterable<Recorded<Event>> {
    for await (const stored of this.store.readStream(stream, { direction })) {
      yield { event: stored.event as Event, revision: stored.revision, recordedAt: stored.recordedAt };
    }
  }

  private async attempt<View>(
    live: LiveStream<State>,
    command: CommandSource<State, Command>,
    context: CommandContext,
    view: (state: State) => View,
    last: boolean,
  ): Promise<Committed<View> | 'again' | 'done'> {
    const { expectedRevision } = context;
    if (expectedRevision !== undefined && live.revision !== expectedRevision) {
      if (!(await this.isCurrent(live)) && !last) return 'again';
      if (live.revision === expectedRevision) return 'again';
      // A retry whose first try had succeeded finds its own event where it expected the stream to end.
      if (await this.holds(live.stream, context, { from: expectedRevision + 1n, limit: 1 })) return 'done';
      throw new WrongExpectedRevision(live.stream, expectedRevision, live.revision);
    }
    let events: readonly Event[];
    try {
      events = this.decider.decide(this.commandFor(command, live.state), live.state);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // The refusal may rest on events that never become durable, or on a state that another process has changed.
      if (!last && !(await this.isCurrent(live))) return 'again';
      // Or on what the command itself had done: nobody can reopen a thread twice.
      const recent = { direction: 'backward', limit: RECENT_EVENTS } as const;
      if (await this.holds(live.stream, context, recent)) return 'done';
      throw error;
    }
    if (events.length === 0) return this.answerRetry(live, view, last);
    return this.append(live, events, context, view);
  }

  private async answerRetry<View>(
    live: LiveStream<State>,
    view: (state: State) => View,
    last: boolean,
  ): Promise<Committed<View> | 'again'> {
    const { revision } = live;
    const seen = view(live.state);
    if (!last && !(await this.isCurrent(live))) return 'again';
    return { revision, position: null, recordedAt: null, changed: false, view: seen };
  }

  private commandFor(command: CommandSource<State, Command>, state: State): Command {
    return typeof command === 'function' ? (command as (state: State) => Command)(state) : command;
  }

  private async append<View>(
    live: LiveStream<State>,
    events: readonly Event[],
    context: CommandContext,
    view: (state: State) => View,
  ): Promise<Committed<View> | 'again' | 'done'> {
    const group = this.join(live);
    events.forEach((event, index) => {
      group.events.push(this.newEvent(event, index, context));
      this.evolve(live, event, context.now);
    });
    const { revision } = live;
    let seen: { readonly view: View } | null = null;
    group.join(() => {
      seen = { view: view(live.state) };
    });
    this.flySoon(live);
    try {
      const { position, recordedAt } = await group.appended;
      return { revision, position, recordedAt, changed: true, view: looked(seen) };
    } catch (error) {
      if (error instanceof EventIdReused) {
        group.held ??= this.heldOf(live.stream, group);
        return (await group.held).has(eventId(context, 0)) ? 'done' : 'again';
      }
      if (!isOutrun(error) || context.expectedRevision !== undefined) throw error;
      return 'again';
    }
  }

  /**
   * The group that the next command goes with. One that holds half of all that is under way takes no more: while the
   * store commits it, this process answers and decides the other half.
   */
  private join(live: LiveStream<State>): Group {
    const open = live.waiting.at(-1);
    const half = Math.ceil((eventsIn(live.waiting) + eventsIn(live.flying)) / 2);
    if (open !== undefined && open.events.length < Math.max(SMALL_GROUP, half)) return open;
    open?.close();
    const group = new Group(live.revision);
    live.waiting.push(group);
    return group;
  }

  /** Commands that came in the same turn of the event loop go together; the first would otherwise go alone. */
  private flySoon(live: LiveStream<State>): void {
    if (live.flying.length >= this.flyingGroups || live.isTakingOff) return;
    live.isTakingOff = true;
    setImmediate(() => {
      live.isTakingOff = false;
      this.fly(live);
    });
  }

  private fly(live: LiveStream<State>): void {
    while (live.flying.length < this.flyingGroups) {
      const group = live.waiting.shift();
      if (group === undefined) return;
      if (live.waiting.length === 0) group.close();
      const before = live.flying.at(-1);
      live.flying.push(group);
      void this.send(live, group, before?.events.at(-1)?.id);
    }
  }

  /** `follows`: the last event of the group before, while that one is not answered. */
  private async send(live: LiveStream<State>, group: Group, follows: string | undefined): Promise<void> {
    try {
      const result = await this.store.append(
        live.stream,
        group.expected === -1n ? 'none' : group.expected,
        group.events,
        follows === undefined ? {} : { follows },
      );
      // Found elsewhere, not appended: it was a retry, and the state that we made of it is none.
      if (result.revision !== group.expected + BigInt(group.events.length)) throw new EventIdReused(live.stream);
      live.flying = live.flying.filter((flying) => flying !== group);
      live.checkedAt = performance.now();
      if (result.recordedAt > live.lastRecordedAt) live.lastRecordedAt = result.recordedAt;
      this.weighAnew(live);
      this.fly(live);
      // In the next turn, so that the store has the next group before this process answers the members of this one.
      setImmediate(() => group.resolve(result));
    } catch (error) {
      this.abandon(live);
      live.flying = live.flying.filter((flying) => flying !== group);
      group.reject(error);
      // Decided on events that are not there: to be decided anew, unless the store is gone for all of them.
      for (const waiting of live.waiting) {
        waiting.reject(
          isOutrun(error) ? new WrongExpectedRevision(live.stream, waiting.expected, group.expected) : error,
        );
      }
      live.waiting = [];
    }
  }

  /** It has grown. To set what is there already would leave it at the weight of its first time. */
  private weighAnew(live: LiveStream<State>): void {
    if (this.live.peek(live.stream) !== live) return;
    this.live.delete(live.stream);
    this.live.set(live.stream, live);
  }

  private abandon(live: LiveStream<State>): void {
    live.broken = true;
    if (this.live.peek(live.stream) === live) this.live.delete(live.stream);
  }

  /**
   * Was what we knew at the call what the store held? The success of an append that was under way proves it, for the
   * store took it at just our revision; otherwise the store is asked. A stream found behind is abandoned.
   */
  private async isCurrent(live: LiveStream<State>): Promise<boolean> {
    if (live.broken) return false;
    const last = live.waiting.at(-1) ?? live.flying.at(-1);
    if (last !== undefined) {
      await last.appended.catch(() => undefined);
      return !live.broken;
    }
    const { revision } = live;
    const head = await this.headRevision(live.stream);
    if (live.broken) return false;
    if (live.revision !== revision) return this.isCurrent(live);
    if (head !== revision) {
      this.abandon(live);
      return false;
    }
    live.checkedAt = performance.now();
    return true;
  }

  /** Does the stream hold the command's first event there? */
  private async holds(stream: string, context: CommandContext, range: StreamRange): Promise<boolean> {
    const own = eventId(context, 0);
    for await (const { id } of this.store.readStream(stream, range)) if (id === own) return true;
    return false;
  }

  private async heldOf(stream: string, group: Group): Promise<ReadonlySet<string>> {
    const ids = new Set(group.events.map(({ id }) => id));
    const held = new Set<string>();
    for await (const { id } of this.store.readStream(stream)) if (ids.has(id)) held.add(id);
    return held;
  }

  private async headRevision(stream: string): Promise<Revision> {
    for await (const event of this.store.readStream(stream, { direction: 'backward', limit: 1 })) return event.revision;
    return -1n;
  }

  private withRoom(stream: string): LiveStream<State> | null {
    const live = this.live.get(stream);
    return live !== undefined && eventsIn(live.waiting) < WAITING_EVENTS ? live : null;
  }

  private async loadWithRoom(stream: string): Promise<LiveStream<State>> {
    for (;;) {
      const live = await this.load(stream);
      if (eventsIn(live.waiting) < WAITING_EVENTS) return live;
      await live.flying[0]?.appended.catch(() => undefined);
    }
  }

  private async load(stream: string): Promise<LiveStream<State>> {
    const known = this.live.get(stream);
    if (known !== undefined) return known;
    const underWay = this.loads.get(stream);
    if (underWay !== undefined) return underWay;
    const load = this.fold(stream)
      .then((live) => {
        this.live.set(stream, live);
        return live;
      })
      .finally(() => this.loads.delete(stream));
    this.loads.set(stream, load);
    return load;
  }

  private async fold(stream: string): Promise<LiveStream<State>> {
    const live = new LiveStream(stream, this.decider.initialState(), -1n, '');
    for await (const stored of this.store.readStream(stream)) {
      this.evolve(live, stored.event as Event, stored.recordedAt);
    }
    return live;
  }

  private evolve(live: LiveStream<State>, event: Event, at: Instant): void {
    live.revision += 1n;
    if (at > live.lastRecordedAt) live.lastRecordedAt = at;
    live.state = this.decider.evolve(live.state, {
      event,
      revision: live.revision,
      // Until the store has set it; a command that stores such a time reads the stream afresh.
      recordedAt: live.lastRecordedAt,
    });
  }

  private newEvent(event: Event, index: number, context: CommandContext): NewEvent {
    return {
      id: eventId(context, index),
      event,
      context: {
        actor: context.actor,
        correlationId: context.correlationId,
        causationId: context.commandId,
        batchId: context.batchId,
      },
    };
  }
}

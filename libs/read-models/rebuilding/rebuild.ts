import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, Pool } from 'pg';
import { type Actor, BEFORE_FIRST, type EventStore, type Position, type StoredEvent } from '#event-store';
import { isEventFault } from '../parking/event-fault.js';
import { PARKED_TABLE, ParkedTable } from '../parking/parked-table.js';
import { mayGoOn, releaseBatch } from '../parking/release.js';
import { Sieve } from '../parking/sieve.js';
import { type Checkpoint, LIVE_SCHEMA, lockCheckpoints, readCheckpoints } from '../projection/checkpoints.js';
import { type LogOrigin, originOf } from '../projection/log-origin.js';
import { isPassingFault } from '../projection/passing-fault.js';
import type { Projection } from '../projection/projection.js';
import { Rate } from '../projection/rate.js';
import { ThreadFolds } from '../projection/thread-folds.js';
import { inTransaction } from '../projection/transaction.js';
import { EndsFilling, type Filling } from './ends-filling.js';
import { RebuildRecord } from './rebuild-record.js';
import { createShadow, createShadowIndexes, dropAside, isLikeLive, swapInShadow } from './shadow-tables.js';

export interface RebuildOptions {
  readonly store: EventStore;
  /** Connected as the owner: tables are made and dropped. At least two connections. */
  readonly ownerPool: Pool;
  readonly projection: Projection;
  /** Events: how many of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Begins with the first event, also when an earlier rebuild was cut off. */
  readonly anew?: boolean;
  /** The command line when left out. */
  readonly requestedBy?: Actor;
  /** Ends it after the batch under way; it can be gone on with. */
  readonly signal?: AbortSignal;
  /** Events in one transaction, about; when left out 1,000, and 2,000 for a projection that reads only ends. */
  readonly batchSize?: number;
}

/** Another process builds the same tables. */
export class RebuildUnderWay extends Error {
  override readonly name = 'RebuildUnderWay';
  readonly code = 'rebuild_under_way';

  constructor(projection: string) {
    super(`A rebuild of ${projection} is under way already. Wait for it to end.`);
  }
}

const COMMAND_LINE: Actor = { id: 'system:cli', name: 'Command line' };
const BATCH_SIZE = 1_000;
const ENDS_BATCH_SIZE = 2_000;
/** What a store reads at a time when nobody says how much: a smaller batch is read as such. */
const STORES_BATCH = 1_000;
/** A crash of the server may take the last batches, each whole and with the record of it: they are built again. */
const BEGIN_UNHURRIED = 'BEGIN; SET LOCAL synchronous_commit = off';
/** A swap that waits longer for readers would hold up the readers behind it: it lets them pass and tries again. */
const LOCK_TIMEOUT_MS = 2_000;
const SWAP_TRIES = 30;

/**
 * Builds the tables of a projection anew beside the old ones, while those go on being read and written, and swaps them
 * in one transaction at just the position that the live ones have reached. Cut off, it leaves the old ones as they are,
 * and the next rebuild goes on where it ended. Everything that was parked or dropped is tried again; what cannot be
 * applied is parked, or stays dropped.
 *
 * @throws RebuildUnderWay, or the signal's reason
 */
export async function rebuild(options: RebuildOptions): Promise<void> {
  const { ownerPool, projection } = options;
  const guard = await ownerPool.connect();
  // Unheard, its loss would end the process; the next statement of the rebuild will tell.
  guard.on('error', () => undefined);
  try {
    const { rows } = await guard.query<{ free: boolean }>(`SELECT pg_try_advisory_lock(${rebuildLock('$1')}) AS free`, [
      projection.name,
    ]);
    if (rows[0]?.free !== true) throw new RebuildUnderWay(projection.name);
    await new Rebuild(options).run();
  } catch (error) {
    const failed = !(error instanceof RebuildUnderWay || isPassingFault(error) || options.signal?.aborted === true);
    if (failed) await new RebuildRecord(projection).fail(ownerPool, error);
    throw error;
  } finally {
    // Ending the session is what gives the lock back, whatever state the rebuild left it in.
    guard.release(true);
  }
}

/** SQL of the advisory lock that whoever rebuilds a projection holds for as long as he lives. */
export function rebuildLock(projection: string): string {
  return `hashtextextended('storyledger rebuild ' || ${projection}, 0)`;
}

class Rebuild {
  private readonly schema: string;
  private readonly tables: readonly string[];
  private readonly folds: ThreadFolds;
  private readonly record: RebuildRecord;
  private readonly rate = new Rate();
  private readonly batchSize: number;
  /** Nothing else, and there is nothing that it cannot apply. */
  private readsEnds: boolean;
  private done: Position = BEFORE_FIRST;
  private applied = 0;

  constructor(private readonly options: RebuildOptions) {
    this.schema = `read_models_rebuild_${options.projection.name.replaceAll('-', '_')}`;
    this.tables = options.projection.entities.map((entity) => entity.options.tableName ?? '');
    this.folds = new ThreadFolds(options.store);
    this.record = new RebuildRecord(options.projection);
    this.readsEnds = options.projection.reads === 'ends';
    this.batchSize = options.batchSize ?? (this.readsEnds ? ENDS_BATCH_SIZE : BATCH_SIZE);
  }

  async run(): Promise<void> {
    const { ownerPool } = this.options;
    await dropAside(ownerPool, this.schema);
    if (this.options.anew === true || !(await this.goOn())) await this.begin();
    await this.catchUp();
    await createShadowIndexes(ownerPool, this.schema, this.tables);
    await this.catchUp();
    await this.swapWhenFree();
    await dropAside(ownerPool, this.schema);
  }

  /** False: there is nothing to go on with, or it is of a log or of tables that were since exchanged. */
  private async goOn(): Promise<boolean> {
    const { ownerPool, store } = this.options;
    const cutOff = await this.record.cutOffAt(ownerPool, await originOf(store));
    if (cutOff === null || cutOff.position > (await store.head())) return false;
    if (!(await isLikeLive(ownerPool, this.schema, this.tables))) return false;
    this.done = cutOff.position;
    this.applied = cutOff.eventsDone;
    return true;
  }

  private async begin(): Promise<void> {
    const origin = await originOf(this.options.store);
    await inTransaction(this.options.ownerPool, async (client) => {
      await createShadow(client, this.schema, this.tables, this.options.projection.lookups);
      await this.record.begin(client, this.options.requestedBy ?? COMMAND_LINE, origin);
    });
  }

  /** Until what is left is small enough to be applied while the live projector waits. */
  private async catchUp(): Promise<void> {
    const { ownerPool, projection, signal, onProgress } = this.options;
    for (let applied = this.batchSize; applied >= this.batchSize; ) {
      const checkpoint = (await readCheckpoints(ownerPool, [projection])).get(projection.name);
      const { position: until } = await this.goal(checkpoint);
      const known = checkpoint?.eventsApplied ?? 0;
      const before = this.applied;
      if (!(await this.fillByEnds(until, known))) {
        for await (const events of this.batches(until, this.batchSize)) {
          signal?.throwIfAborted();
          const write = (client: ClientBase) => this.apply(client, events);
          await this.commit({ position: events.at(-1)?.position ?? until, events: events.length, write }, known);
        }
      }
      applied = this.applied - before;
      onProgress?.(this.applied, this.applied);
    }
  }

  /** With how far it has come then. `known`: how many events there are at least. */
  private async commit({ position, events, write }: Filling, known: number, begin?: string): Promise<void> {
    const { ownerPool, onProgress } = this.options;
    const eventsDone = this.applied + events;
    const eventsTotal = Math.max(eventsDone, known);
    const eventsPerSecond = this.rate.after(events);
    const work = async (client: ClientBase) => {
      await write(client);
      await this.record.advance(client, { position, eventsDone, eventsTotal, eventsPerSecond });
    };
    await inTransaction(ownerPool, work, begin);
    this.applied = eventsDone;
    this.done = position;
    onProgress?.(eventsDone, eventsTotal);
  }

  /**
   * The next stretch is folded while one is written. False, with what is committed, where each batch must be sifted: the
   * projection reads more than ends, or there is an event that it cannot apply.
   */
  private async fillByEnds(until: Position, known: number): Promise<boolean> {
    const { store, projection, signal } = this.options;
    if (!this.readsEnds || (await this.holdsParked())) return false;
    const filling = new EndsFilling(store, projection, this.schema, this.batchSize);
    let writing: Promise<void> = Promise.resolve();
    const writeOut = async () => {
      const taken = filling.take();
      await writing;
      if (taken === null) return;
      writing = this.commit(taken, known, BEGIN_UNHURRIED);
      // It may fail before it is waited for, who hears of it then: unheard, it would end the process.
      writing.catch(() => undefined);
    };
    try {
      for await (const events of this.batches(until, this.batchSize < STORES_BATCH ? this.batchSize : undefined)) {
        signal?.throwIfAborted();
        await filling.add(events);
        if (filling.isFull) await writeOut();
      }
      await writeOut();
      await writing;
      return true;
    } catch (error) {
      await writing.catch(() => undefined);
      if (signal?.aborted === true || !isEventFault(error)) throw error;
      this.readsEnds = false;
      return false;
    }
  }

  private async holdsParked(): Promise<boolean> {
    const { rowCount } = await this.options.ownerPool.query(`SELECT FROM ${this.schema}.${PARKED_TABLE} LIMIT 1`);
    return rowCount !== 0;
  }

  private async swapWhenFree(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await inTransaction(this.options.ownerPool, (client) => this.swap(client));
      } catch (error) {
        if (!isPassingFault(error) || tries === SWAP_TRIES) throw error;
        // What the swap had folded is rolled back with it.
        this.folds.clear();
        await delay(100 * tries);
        await this.catchUp();
      }
    }
  }

  private async swap(client: ClientBase): Promise<void> {
    const { projection } = this.options;
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    // The live projector waits here until the swap is done, and finds its checkpoint where it left it.
    const checkpoints = await lockCheckpoints(client, [projection]);
    const { position: live, origin } = await this.goal(checkpoints.get(projection.name));
    for await (const events of this.batches(live, this.batchSize)) await this.apply(client, events);
    await this.takeOverParked(client);
    await swapInShadow(client, this.schema, this.tables);
    await client.query(
      `UPDATE ${LIVE_SCHEMA}.checkpoints SET version = $2, position = $3, log_origin = $4, updated_at = now(),
         error = NULL, error_position = NULL, error_event_id = NULL, error_attempts = 0, error_at = NULL
       WHERE projection = $1`,
      [projection.name, projection.version, live.toString(), origin],
    );
    await this.record.end(client);
  }

  /**
   * Where the live tables are. The end of the log, when those are of another version, which nobody may be writing any
   * more, or when their log was another or is restored to a time before.
   */
  private async goal(
    checkpoint: Checkpoint | undefined,
  ): Promise<{ readonly position: Position; readonly origin: LogOrigin | null }> {
    const { projection, store } = this.options;
    const live = checkpoint?.position ?? BEFORE_FIRST;
    const origin = await originOf(store);
    const head = await store.head();
    const isOfAnother = checkpoint !== undefined && checkpoint.origin !== null && checkpoint.origin !== origin;
    const isOfThisVersion = checkpoint === undefined || checkpoint.version === projection.version;
    const position = isOfAnother || live > head || !isOfThisVersion ? head : live;
    return { position, origin: position === BEFORE_FIRST ? null : origin };
  }

  /** What cannot be applied is parked beside the new tables. */
  private async apply(client: ClientBase, events: readonly StoredEvent[]): Promise<void> {
    const { projection } = this.options;
    const sieve = await Sieve.open({ client, schema: this.schema, projection, folds: this.folds });
    await sieve.pass(events);
  }

  /** What the old tables held back the new ones have applied, save what they hold back themselves. */
  private async takeOverParked(client: ClientBase): Promise<void> {
    const { projection, store } = this.options;
    const own = new ParkedTable(client, this.schema, projection);
    for (const stream of await own.takeOverDrops()) {
      while (mayGoOn(await releaseBatch({ client, schema: this.schema, projection, store }, stream)));
    }
    await own.replaceLive();
    await client.query(`DROP TABLE ${this.schema}.${PARKED_TABLE}`);
    await new ParkedTable(client, LIVE_SCHEMA, projection).count();
  }

  /** Of the store's own size when it is left out. */
  private async *batches(until: Position, batchSize?: number): AsyncIterable<readonly StoredEvent[]> {
    if (until <= this.done) return;
    yield* this.options.store.readBatches({ after: this.done, until, ...(batchSize !== undefined && { batchSize }) });
  }
}

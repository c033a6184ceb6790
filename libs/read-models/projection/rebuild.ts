import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, Pool } from 'pg';
import { BEFORE_FIRST, type EventStore, type Position, type StoredEvent } from '#event-store';
import { PARKED_TABLE, ParkedTable } from '../parking/parked-table.js';
import { mayGoOn, releaseBatch } from '../parking/release.js';
import { Sieve } from '../parking/sieve.js';
import { type Checkpoint, LIVE_SCHEMA, lockCheckpoints, readCheckpoints } from './checkpoints.js';
import { type LogOrigin, originOf } from './log-origin.js';
import { isPassingFault } from './passing-fault.js';
import type { Projection } from './projection.js';
import { createShadow, createShadowIndexes, swapInShadow } from './shadow-tables.js';
import { ThreadFolds } from './thread-folds.js';
import { inTransaction } from './transaction.js';

export interface RebuildOptions {
  readonly store: EventStore;
  /** Connected as the owner: tables are made and dropped. At least two connections. */
  readonly ownerPool: Pool;
  readonly projection: Projection;
  /** Events: how many of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Another process builds the same tables. */
export class RebuildUnderWay extends Error {
  override readonly name = 'RebuildUnderWay';
  readonly code = 'rebuild_under_way';

  constructor(projection: string) {
    super(`A rebuild of ${projection} is under way already. Wait for it to end.`);
  }
}

const BATCH = 1_000;
/** A swap that waits longer for readers would hold up the readers behind it: it lets them pass and tries again. */
const LOCK_TIMEOUT_MS = 2_000;
const SWAP_TRIES = 30;

/**
 * Builds the tables of a projection anew beside the old ones, while those go on being read and written, and swaps them
 * in one transaction at just the position that the live ones have reached. Cut off, it leaves the old ones as they are.
 * Everything that was parked or dropped is tried again; what cannot be applied is parked, or stays dropped.
 *
 * @throws RebuildUnderWay
 */
export async function rebuild(options: RebuildOptions): Promise<void> {
  const { ownerPool, projection } = options;
  const guard = await ownerPool.connect();
  // Unheard, its loss would end the process; the next statement of the rebuild will tell.
  guard.on('error', () => undefined);
  try {
    const { rows } = await guard.query<{ free: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended('storyledger rebuild ' || $1, 0)) AS free`,
      [projection.name],
    );
    if (rows[0]?.free !== true) throw new RebuildUnderWay(projection.name);
    await new Rebuild(options).run();
  } finally {
    // Ending the session is what gives the lock back, whatever state the rebuild left it in.
    guard.release(true);
  }
}

class Rebuild {
  private readonly schema: string;
  private readonly tables: readonly string[];
  private readonly folds: ThreadFolds;
  private done: Position = BEFORE_FIRST;
  private applied = 0;

  constructor(private readonly options: RebuildOptions) {
    this.schema = `read_models_rebuild_${options.projection.name.replaceAll('-', '_')}`;
    this.tables = options.projection.entities.map((entity) => entity.options.tableName ?? '');
    this.folds = new ThreadFolds(options.store);
  }

  async run(): Promise<void> {
    const { ownerPool } = this.options;
    await createShadow(ownerPool, this.schema, this.tables);
    await ownerPool.query(
      `CREATE TABLE ${this.schema}.${PARKED_TABLE} (LIKE ${LIVE_SCHEMA}.${PARKED_TABLE} INCLUDING ALL)`,
    );
    await this.catchUp();
    await createShadowIndexes(ownerPool, this.schema, this.tables);
    await this.catchUp();
    for (let tries = 1; ; tries++) {
      try {
        return await inTransaction(ownerPool, (client) => this.swap(client));
      } catch (error) {
        if (!isPassingFault(error) || tries === SWAP_TRIES) throw error;
        // What the swap had folded is rolled back with it.
        this.folds.clear();
        await delay(100 * tries);
        await this.catchUp();
      }
    }
  }

  /** Until what is left is small enough to be applied while the live projector waits. */
  private async catchUp(): Promise<void> {
    const { ownerPool, projection } = this.options;
    for (let applied = BATCH; applied >= BATCH; ) {
      const checkpoint = (await readCheckpoints(ownerPool, [projection])).get(projection.name);
      const { position: live } = await this.goal(checkpoint);
      applied = 0;
      for await (const events of this.batches(live)) {
        await inTransaction(ownerPool, (client) => this.apply(client, events));
        applied += events.length;
        this.applied += events.length;
        this.done = events.at(-1)?.position ?? live;
        this.options.onProgress?.(this.applied, Math.max(this.applied, checkpoint?.eventsApplied ?? 0));
      }
      this.done = live;
      this.options.onProgress?.(this.applied, this.applied);
    }
  }

  private async swap(client: ClientBase): Promise<void> {
    const { projection } = this.options;
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    // The live projector waits here until the swap is done, and finds its checkpoint where it left it.
    const checkpoints = await lockCheckpoints(client, [projection]);
    const { position: live, origin } = await this.goal(checkpoints.get(projection.name));
    for await (const events of this.batches(live)) await this.apply(client, events);
    await this.takeOverParked(client);
    await swapInShadow(client, this.schema, this.tables);
    await client.query(
      `UPDATE ${LIVE_SCHEMA}.checkpoints SET version = $2, position = $3, log_origin = $4, updated_at = now(),
         error = NULL, error_position = NULL, error_event_id = NULL, error_attempts = 0, error_at = NULL
       WHERE projection = $1`,
      [projection.name, projection.version, live.toString(), origin],
    );
  }

  /** Where the live tables are; or the end of the log, when theirs was another or is restored to a time before. */
  private async goal(
    checkpoint: Checkpoint | undefined,
  ): Promise<{ readonly position: Position; readonly origin: LogOrigin | null }> {
    const { store } = this.options;
    const live = checkpoint?.position ?? BEFORE_FIRST;
    const origin = await originOf(store);
    const head = await store.head();
    const isOfAnother = checkpoint !== undefined && checkpoint.origin !== null && checkpoint.origin !== origin;
    return { position: isOfAnother || live > head ? head : live, origin: live === BEFORE_FIRST ? null : origin };
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
    const { name } = projection;
    const own = new ParkedTable(client, this.schema, name);
    for (const stream of await own.takeOverDrops()) {
      while (mayGoOn(await releaseBatch({ client, schema: this.schema, projection, store }, stream)));
    }
    await own.replaceLive();
    await client.query(`DROP TABLE ${this.schema}.${PARKED_TABLE}`);
    await new ParkedTable(client, LIVE_SCHEMA, name).count();
  }

  private async *batches(until: Position): AsyncIterable<readonly StoredEvent[]> {
    if (until <= this.done) return;
    let batch: StoredEvent[] = [];
    for await (const stored of this.options.store.readAll({ after: this.done, until, batchSize: BATCH })) {
      batch.push(stored);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
}

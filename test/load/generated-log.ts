import type { Pool } from 'pg';
import type { SourceSnapshot, ThreadEvent } from '#domain';
import { EventCodec, type EventStore, type LedgerEvent, type Position } from '#event-store';
import { newId } from '#platform';

const DAY_MS = 86_400_000;
/** A smaller log is of fewer days: as much happens in each. */
const EVENTS_A_DAY = 1_000_000 / 730;
const END = Date.UTC(2026, 0, 1);
const ACTIVE_THREADS = 40;
const EVENTS_A_THREAD = 50;
const SOURCES = 400;
const ACTORS = 30;
const INSERTED_AT_ONCE = 5_000;
const DESKS = ['asia', 'europe', 'world', 'business', 'sport', 'science', 'culture', 'home'];
const TOPICS = ['russia', 'elections', 'economy', 'health', 'climate', 'courts', 'war', 'football', 'energy', 'trade'];

/** Lehmer's generator: the same log at every run. */
class Seeded {
  private state = 20_230_911;

  below(most: number): number {
    this.state = (this.state * 48_271) % 2_147_483_647;
    return this.state % most;
  }

  of<One>(all: readonly One[]): One {
    const one = all[this.below(all.length)];
    if (one === undefined) throw new RangeError('There is nothing to choose from.');
    return one;
  }
}

interface Row {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
  readonly actor: number;
  readonly at: number;
}

/** A newsroom of two years: forty stories at a time, each for a day or two, with all that reports count. */
export class GeneratedLog {
  private readonly random = new Seeded();
  private readonly codec = new EventCodec();
  private readonly sources: readonly SourceSnapshot[];
  private readonly threads: GeneratedThread[] = [];

  constructor(private readonly events: number) {
    this.sources = Array.from({ length: SOURCES }, (_, n) => ({
      sourceId: newId(),
      kind: 'outlet',
      group: `outlet:o${n % (SOURCES / 2)}`,
      trustedConduit: n % 3 === 0,
    }));
  }

  /** Straight into the table: a log of this size is not what is measured. */
  async insert(owner: Pool, onProgress: (done: number) => void): Promise<void> {
    let rows: Row[] = [];
    for (let position = 0; position < this.events; position++) {
      rows.push(this.next(position));
      if (rows.length < INSERTED_AT_ONCE && position < this.events - 1) continue;
      await insertRows(owner, rows);
      onProgress(position + 1);
      rows = [];
    }
    await owner.query('ANALYZE ledger.events');
  }

  /** So many more, behind all that the log holds and recorded now. */
  async append(owner: Pool, first: number, count: number): Promise<void> {
    for (let done = 0; done < count; done += INSERTED_AT_ONCE) {
      const now = Date.now();
      const rows = Array.from({ length: Math.min(INSERTED_AT_ONCE, count - done) }, (_, n) =>
        this.next(first + done + n, now),
      );
      await insertRows(owner, rows);
    }
  }

  /** The next event, through the store. Returns its position. */
  async appendNext(store: EventStore): Promise<Position> {
    const { stream, revision, type, data, actor } = this.next(0);
    const expected = revision === 0 ? 'none' : BigInt(revision - 1);
    const context = {
      actor: { id: `key:bench-${actor}`, name: `Desk ${actor}` },
      ...{ correlationId: 'bench', causationId: null, batchId: null },
    };
    const event = { type, data } as LedgerEvent;
    return (await store.append(stream, expected, [{ id: newId(), event, context }])).position;
  }

  /** The next event; positions date it, and name its thread where it opens one. */
  next(position: number, at = this.dateOf(position)): Row {
    const { random, threads } = this;
    const slot = random.below(ACTIVE_THREADS);
    let thread = threads[slot];
    if (thread === undefined || thread.revision >= EVENTS_A_THREAD) {
      thread = new GeneratedThread(random, this.sources);
      threads[slot] = thread;
    }
    const { type, schemaVersion, data } = this.codec.encode(thread.next(new Date(at).toISOString(), position));
    const { threadId, revision, actor } = thread;
    const stream = `thread-${threadId}`;
    return { position, stream, revision, type, version: schemaVersion, data, actor: actor + random.below(3), at };
  }

  private dateOf(position: number): number {
    return END - Math.ceil(((this.events - position) / EVENTS_A_DAY) * DAY_MS);
  }
}

class GeneratedThread {
  readonly threadId = newId();
  readonly actor: number;
  /** Of the last event. */
  revision = -1;
  private readonly claims: string[] = [];
  private readonly standing: { readonly attributionId: string; readonly speaker: string }[] = [];

  constructor(
    private readonly random: Seeded,
    private readonly sources: readonly SourceSnapshot[],
  ) {
    this.actor = random.below(ACTORS);
  }

  next(now: string, position: number): ThreadEvent {
    this.revision += 1;
    if (this.revision === 0) return this.opened(position);
    if (this.claims.length < 3) return this.claim();
    const chance = this.random.below(100);
    const taken = chance < 6 ? this.standing.shift() : undefined;
    if (taken !== undefined) return this.takeBack(chance, taken, now);
    const claimId = this.random.of(this.claims);
    if (chance === 99) {
      return { type: 'ClaimRuled', data: { claimId, rulingId: newId(), status: 'confirmed', reason: 'Seen by us.' } };
    }
    return this.word(claimId, now);
  }

  private opened(position: number): ThreadEvent {
    const { random, threadId } = this;
    const topics = [...new Set([random.of(TOPICS), random.of(TOPICS)])];
    const details = { slug: `story-${position}`, headline: `Story ${position}`, desk: random.of(DESKS), topics };
    return { type: 'ThreadOpened', data: { threadId, ...details, language: 'en', policy: 'standard-1' } };
  }

  private claim(): ThreadEvent {
    const claimId = newId();
    this.claims.push(claimId);
    const details = { statement: `Claim ${this.claims.length} of the story`, core: true, standing: [] };
    return { type: 'ClaimOpened', data: { claimId, key: null, ...details } };
  }

  private takeBack(
    chance: number,
    taken: { readonly attributionId: string; readonly speaker: string },
    now: string,
  ): ThreadEvent {
    const { attributionId, speaker } = taken;
    if (chance < 2) return { type: 'AttributionVoided', data: { attributionId, reason: 'Typed twice.' } };
    const data = { attributionId, takenBackBy: speaker, statedAt: now, reason: 'It was not so.' };
    return { type: 'AttributionRetracted', data };
  }

  private word(claimId: string, now: string): ThreadEvent {
    const { random } = this;
    const attributionId = newId();
    const speaker = random.of(this.sources);
    this.standing.push({ attributionId, speaker: speaker.sourceId });
    const chance = random.below(100);
    const type =
      chance < 65 ? 'ClaimReported' : chance < 85 ? 'ClaimConfirmed' : chance < 95 ? 'ClaimDenied' : 'CommentDeclined';
    return {
      type,
      data: {
        attributionId,
        claimId,
        key: null,
        speaker,
        via: chance % 2 === 0 ? [random.of(this.sources)] : [],
        onRecord: true,
        vouchedBy: null,
        tentative: chance % 7 === 0,
        standing: type !== 'ClaimReported' && chance % 4 === 0,
        statedAt: new Date(Date.parse(now) - random.below(6 * 3_600_000)).toISOString(),
        quote: 'A train presumed to be carrying the North Korean leader has left Pyongyang, a senior official said.',
        url: null,
        note: null,
      },
    };
  }
}

async function insertRows(owner: Pool, rows: readonly Row[]): Promise<void> {
  await owner.query(
    `INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data, actor_id, actor_name,
       correlation_id, recorded_at)
     SELECT position, stream, revision, gen_random_uuid(), type, version, data, 'key:bench-' || actor, 'Desk ' || actor,
       'bench', to_timestamp(at / 1000.0)
     FROM json_to_recordset($1) AS r
       (position bigint, stream text, revision bigint, type text, version integer, data json, actor integer, at double precision)`,
    [JSON.stringify(rows)],
  );
}

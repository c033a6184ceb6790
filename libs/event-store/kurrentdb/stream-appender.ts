import { randomUUID } from 'node:crypto';
import {
  type KurrentDBClient,
  type AppendResult as Written,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import { EventIdReused, EventStoreUnavailable, WrongExpectedRevision } from '../errors.js';
import type { AppendResult, ExpectedRevision, Revision } from '../event-store.js';
import type { Connection } from './connection.js';
import { HeldIds, type HeldIdsOfStreams } from './held-ids.js';
import { positionOf } from './log-position.js';
import type { LogReader } from './log-reader.js';
import { type EncodedAppend, positionIn, recordedAtOf, writeIdOf } from './recorded-event.js';
import { isTooLarge } from './server-fault.js';

const APPENDS_WAITING = 20_000;

/** A node that lags behind the one which took the append. */
class StaleRead extends Error {
  override readonly name = 'StaleRead';

  constructor(stream: string) {
    super(`Stream ${stream} was read as it no longer is.`);
  }
}

interface Refused {
  readonly actual: Revision;
}

interface Append extends EncodedAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
}

/**
 * Appends with one outcome each. Whatever is expected, the server is only ever asked to append at an exact revision, for
 * there it recognises a repetition of the same ids: a try of unknown outcome is made again and adds nothing twice. What
 * the stream holds already is looked for by us. The appends of one stream go one after the other, in the order of their
 * calls.
 */
export class StreamAppender {
  private readonly lastOf = new Map<string, Promise<unknown>>();
  private underWay = 0;
  private closed = false;

  constructor(
    private readonly connection: Connection,
    private readonly reader: LogReader,
    private readonly held: HeldIdsOfStreams,
    private readonly onAppended: () => void,
  ) {}

  /** @throws WrongExpectedRevision, EventIdReused, EventStoreUnavailable */
  async append(append: Append): Promise<AppendResult> {
    if (this.closed) throw new EventStoreUnavailable('The event store is closed.');
    if (this.underWay >= APPENDS_WAITING) {
      throw new EventStoreUnavailable('Too many appends are waiting. Try again in a moment.');
    }
    const { stream } = append;
    this.underWay += 1;
    const before = this.lastOf.get(stream) ?? Promise.resolve();
    const result = before.then(() => this.appendInTurn(append));
    const turn = result.catch(() => undefined);
    this.lastOf.set(stream, turn);
    try {
      return await result;
    } finally {
      this.underWay -= 1;
      if (this.lastOf.get(stream) === turn) this.lastOf.delete(stream);
    }
  }

  /** Resolves when everything that was accepted is settled. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.lastOf.values());
  }

  private appendInTurn(append: Append): Promise<AppendResult> {
    const { stream, expected } = append;
    return this.connection.persistently(async () => {
      let held = this.held.get(stream);
      // Known to be the stream as it is; otherwise it may have grown.
      let isFresh = false;
      for (;;) {
        if (typeof expected === 'bigint' && held.revision < expected && !isFresh) {
          held = await this.refresh(stream, held);
          isFresh = true;
        }
        const earlier = await this.answerOfEarlier(append, held);
        if (earlier !== null) return earlier;
        const target = targetOf(expected, held);
        if (target < held.revision) {
          if (isFresh) throw new WrongExpectedRevision(stream, expected, held.revision);
          held = await this.refresh(stream, held);
          isFresh = true;
          continue;
        }
        const outcome = await this.write(append, target);
        if ('revision' in outcome) return outcome;
        if (outcome.actual < held.revision) {
          this.held.forget(stream);
          held = new HeldIds();
        }
        held = await this.refresh(stream, held);
        isFresh = true;
        if (held.revision < outcome.actual) throw new StaleRead(stream);
        if (expected !== 'any' && target > held.revision) {
          throw new WrongExpectedRevision(stream, expected, held.revision);
        }
      }
    });
  }

  /** The answer that the first try got; null: the stream holds none of the events. */
  private async answerOfEarlier({ stream, ids }: Append, held: HeldIds): Promise<AppendResult | null> {
    const revisions = held.among(ids);
    if (revisions.length === 0) return null;
    if (revisions.length < ids.length) throw new EventIdReused(stream);
    const last = revisions.toSorted((left, right) => (left < right ? -1 : 1)).at(-1) ?? -1n;
    const event = await this.reader.eventAt(stream, last);
    return {
      revision: last,
      position: positionOf(positionIn(event)),
      recordedAt: recordedAtOf(event),
      deduplicated: true,
    };
  }

  /** The stream may be elsewhere than is expected: then it answers where. */
  private async write(append: Append, expected: Revision): Promise<AppendResult | Refused> {
    const { stream, ids } = append;
    const writeId = randomUUID();
    let written: Written;
    try {
      written = await this.connection.ask((client) => this.send(client, append, expected, writeId));
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) return { actual: revisionOf(error) };
      if (isTooLarge(error)) {
        throw new RangeError(`The events appended to ${stream} are larger than the server takes. Make them smaller.`);
      }
      throw error;
    }
    const event = await this.reader.eventAt(stream, written.nextExpectedRevision);
    if (event.id !== ids.at(-1)) throw new Error(`Stream ${stream} holds another event where one was appended.`);
    this.learn(stream, ids, expected);
    this.onAppended();
    return {
      revision: event.revision,
      position: positionOf(positionIn(event)),
      recordedAt: recordedAtOf(event),
      deduplicated: writeIdOf(event) !== writeId,
    };
  }

  private send(client: KurrentDBClient, append: Append, expected: Revision, writeId: string): Promise<Written> {
    return client.appendToStream(append.stream, append.eventsOf(writeId), {
      streamState: expected === -1n ? 'no_stream' : expected,
      requiresLeader: true,
      deadline: this.connection.limits.answerMs,
    });
  }

  private learn(stream: string, ids: readonly string[], expected: Revision): void {
    const held = this.held.get(stream);
    for (const [index, id] of ids.entries()) held.add(id, expected + 1n + BigInt(index));
    this.held.keep(stream, held);
  }

  private async refresh(stream: string, known: HeldIds): Promise<HeldIds> {
    for await (const event of this.reader.stream(stream, { from: known.revision + 1n })) {
      known.add(event.id, event.revision);
    }
    this.held.keep(stream, known);
    return known;
  }
}

function targetOf(expected: ExpectedRevision, held: HeldIds): Revision {
  if (expected === 'any') return held.revision;
  return expected === 'none' ? -1n : expected;
}

function revisionOf({ actualState }: WrongExpectedVersionError): Revision {
  return typeof actualState === 'bigint' ? actualState : -1n;
}

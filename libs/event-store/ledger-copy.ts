import { createHash } from 'node:crypto';
import { BEFORE_FIRST, type EventStore, type RawEvent } from './event-store.js';

/**
 * Where a ledger is copied to. Apart from the port, because it writes what no command may: times and schema versions as
 * they were, and at positions that follow the ones there are.
 */
export abstract class LedgerCopyTarget {
  abstract readonly store: EventStore;

  /**
   * Writes events that follow the last one of the target, in this order, with everything that they have but their
   * positions. Written again after an unknown outcome, they are there once.
   */
  abstract write(events: readonly RawEvent[]): Promise<void>;
}

/** The target holds something else than the source. */
export class LedgersDiffer extends Error {
  override readonly name = 'LedgersDiffer';
  readonly code = 'ledgers_differ';
}

export interface CopyProgress {
  readonly phase: 'compare' | 'copy' | 'verify';
  /** Events. */
  readonly done: number;
  readonly total: number;
}

export interface CopyOutcome {
  /** How many were not in the target before. */
  readonly copied: number;
  readonly events: number;
  readonly streams: number;
  /** SHA-256, in hex, of everything that the events have but their positions, in the order of the log. */
  readonly digest: string;
}

const BATCH = 500;

/**
 * Copies a ledger whole. One that was cut off is gone on with: what the target holds is compared first, event by event.
 * At the end both are read once more and compared, with the order in each stream.
 *
 * @throws LedgersDiffer naming the first difference
 */
export async function copyLedger(
  source: EventStore,
  target: LedgerCopyTarget,
  onProgress: (progress: CopyProgress) => void = () => undefined,
): Promise<CopyOutcome> {
  const total = await source.count({ after: BEFORE_FIRST, atMost: Number.MAX_SAFE_INTEGER });
  const there = each(target.store);
  let compared = 0;
  let copied = 0;
  try {
    for await (const batch of source.readRaw({ batchSize: BATCH })) {
      const missing: RawEvent[] = [];
      for (const event of batch) {
        const held = copied + missing.length > 0 ? null : await next(there);
        if (held === null) missing.push(event);
        else refuseDifference(event, held, ++compared);
      }
      if (missing.length > 0) await target.write(missing);
      copied += missing.length;
      onProgress({ phase: copied > 0 ? 'copy' : 'compare', done: compared + copied, total });
    }
    const more = copied > 0 ? null : await next(there);
    if (more !== null) {
      throw new LedgersDiffer(`The target holds event ${compared + 1}, ${nameOf(more)}, which the source has not.`);
    }
  } finally {
    await there.return?.(undefined);
  }
  return { copied, ...(await verify(source, target.store, total, onProgress)) };
}

async function verify(
  source: EventStore,
  target: EventStore,
  total: number,
  onProgress: (progress: CopyProgress) => void,
): Promise<Omit<CopyOutcome, 'copied'>> {
  const hash = createHash('sha256');
  const revisions = new Map<string, bigint>();
  const copies = each(target);
  let events = 0;
  try {
    for await (const batch of source.readRaw({ batchSize: BATCH })) {
      for (const event of batch) {
        events += 1;
        const copy = await next(copies);
        if (copy === null)
          throw new LedgersDiffer(
            `The target lacks event ${events}, ${nameOf(event)}. If the source is still written to, stop that and copy again.`,
          );
        refuseDifference(event, copy, events);
        const expected = (revisions.get(event.stream) ?? -1n) + 1n;
        if (event.revision !== expected) {
          throw new LedgersDiffer(`Stream ${event.stream} has revision ${event.revision} where ${expected} is due.`);
        }
        revisions.set(event.stream, expected);
        hash.update(contentOf(copy)).update('\n');
      }
      onProgress({ phase: 'verify', done: events, total: Math.max(total, events) });
    }
    const more = await next(copies);
    if (more !== null) {
      throw new LedgersDiffer(`The target holds event ${events + 1}, ${nameOf(more)}, which the source has not.`);
    }
  } finally {
    await copies.return?.(undefined);
  }
  return { events, streams: revisions.size, digest: hash.digest('hex') };
}

async function* each(store: EventStore): AsyncGenerator<RawEvent> {
  for await (const batch of store.readRaw({ batchSize: BATCH })) yield* batch;
}

async function next(events: AsyncIterator<RawEvent>): Promise<RawEvent | null> {
  const { value, done } = await events.next();
  return done === true ? null : value;
}

/** Of their data only that it differs: it may be what nobody is to see on a screen or in a log. */
function refuseDifference(event: RawEvent, copy: RawEvent, number: number): void {
  if (contentOf(event) === contentOf(copy)) return;
  const parts = (['id', 'stream', 'revision', 'type', 'schemaVersion', 'recordedAt'] as const).filter(
    (part) => event[part] !== copy[part],
  );
  const where = parts.length === 0 ? 'data or context' : parts.join(', ');
  throw new LedgersDiffer(
    `Event ${number} is ${nameOf(event)} in the source and ${nameOf(copy)} in the target: they differ in ${where}. ` +
      'A ledger is copied into an empty store, or into one that holds the beginning of it.',
  );
}

function nameOf({ type, stream, revision, id }: RawEvent): string {
  return `${type} ${id} (${stream} ${revision})`;
}

/** Everything but the position. Both stores give keys in the order in which they were written. */
function contentOf({ id, stream, revision, type, schemaVersion, data, context, recordedAt }: RawEvent): string {
  const { actor, correlationId, causationId, batchId } = context;
  const by = [actor.id, actor.name, correlationId, causationId, batchId];
  return JSON.stringify([id, stream, revision.toString(), type, schemaVersion, data, by, recordedAt]);
}

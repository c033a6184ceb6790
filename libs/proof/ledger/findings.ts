import type { RawEvent } from '#event-store';
import type { Leaf } from '../tree/stored-tree.js';

/**
 * changed: an event is not what was hashed · removed, inserted, reordered: events are not those of the tree ·
 * rewritten: the log is not the one that was signed · forked: two logs were signed · forged: a checkpoint that the ledger's keys did not sign ·
 * tree_altered: the events are as they were signed, and what is stored beside them is not
 */
export type Tampering =
  | 'changed'
  | 'removed'
  | 'inserted'
  | 'reordered'
  | 'rewritten'
  | 'forked'
  | 'forged'
  | 'tree_altered';

export interface Finding {
  readonly what: Tampering;
  /** Of the first event that it is about, in the order of the log; null: of no event in particular. */
  readonly index: number | null;
  readonly eventId: string | null;
  readonly stream: string | null;
  readonly revision: string | null;
  /** A whole sentence. */
  readonly message: string;
}

/** The place of an event, as the tree or the store has it. */
export type Place = Pick<Leaf, 'stream' | 'revision'> & { readonly eventId: string };

export function placeOf({ id, stream, revision }: RawEvent): Place {
  return { eventId: id, stream, revision };
}

export function finding(what: Tampering, index: number | null, place: Place | null, message: string): Finding {
  const { eventId = null, stream = null, revision } = place ?? {};
  return { what, index, eventId, stream, revision: revision?.toString() ?? null, message };
}

export function named(index: number, { eventId, stream, revision }: Place): string {
  return `event ${index} of the log (${stream}, revision ${revision}, id ${eventId})`;
}

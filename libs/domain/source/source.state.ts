import type { AdmiraltyRating, SourceId } from '../vocabulary.js';
import type { SourceDetails } from './source.events.js';

/** A source as its stream says it is. Owned by whoever folds it: `evolve` changes it in place. */
export interface SourceState {
  /** Null until the source is registered. */
  sourceId: SourceId | null;
  key: string | null;
  details: SourceDetails | null;
  rating: AdmiraltyRating | null;
  sealed: boolean;
  /** Of the sealed identity; null: none was sealed. */
  commitment: string | null;
  identityErased: boolean;
  /** Revision of the last event folded; -1n before the first. */
  revision: bigint;
}

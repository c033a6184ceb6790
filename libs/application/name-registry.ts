/** What may be named once in a whole newsroom. */
export type NameKind = 'thread-slug' | 'source-key';

/**
 * Gives each name to one id across all streams. A name is reserved before the event that uses it is appended; a crash
 * in between is harmless, since whoever asks for the name again gets the same id and completes the work.
 */
export abstract class NameRegistry {
  /** The id that holds the name: the one already there, else `id`. */
  abstract reserve(kind: NameKind, name: string, id: string): Promise<string>;
  /** As `lookup`, of a name whose holder is remembered; null otherwise. */
  abstract recall(kind: NameKind, name: string): string | null;
  abstract lookup(kind: NameKind, name: string): Promise<string | null>;
}

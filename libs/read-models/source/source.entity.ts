import { EntitySchema } from 'typeorm';
import type { AdmiraltyRating, Instant, SourceId, SourceKind } from '#domain';
import type { Position, Revision } from '#event-store';
import { count, flag, instantAt, position, revision, text, uuid } from '../projection/columns.js';

/**
 * One row a source, with what the ledger holds of it. The counts are of recordings: an attribution that a merge
 * carries into another thread is not counted again, and one that is taken back stays counted beside the taking back.
 */
export interface SourceRow {
  readonly sourceId: SourceId;
  readonly key: string | null;
  /** The label of a sealed source. Name, kind, group and flag are null while only attributions name the source. */
  readonly name: string | null;
  readonly kind: SourceKind | null;
  readonly group: string | null;
  readonly trustedConduit: boolean | null;
  readonly rating: AdmiraltyRating | null;
  readonly sealed: boolean;
  readonly erased: boolean;
  readonly spokenReport: number;
  readonly spokenConfirm: number;
  readonly spokenDeny: number;
  readonly spokenNoComment: number;
  /** As a carrier of other people's words. */
  readonly carried: number;
  /** Of its own words. */
  readonly retracted: number;
  readonly corrected: number;
  readonly voided: number;
  /** When the first and the last attribution that it spoke or carried were recorded. */
  readonly firstAttributionAt: Instant | null;
  readonly lastAttributionAt: Instant | null;
  readonly registeredAt: Instant | null;
  /** The last event of its own stream; null while only attributions name the source. */
  readonly changedAt: Instant | null;
  readonly revision: Revision | null;
  /** The last event of any stream that changed this row. */
  readonly position: Position;
}

export const SourceEntity = new EntitySchema<SourceRow>({
  name: 'Source',
  schema: 'read_models',
  tableName: 'source',
  columns: {
    sourceId: uuid('source_id', { primary: true }),
    key: text('key', { nullable: true }),
    name: text('name', { nullable: true }),
    kind: text('kind', { nullable: true }),
    group: text('voice_group', { nullable: true }),
    trustedConduit: { ...flag('trusted_conduit'), nullable: true },
    rating: text('rating', { nullable: true }),
    sealed: flag('sealed'),
    erased: flag('erased'),
    spokenReport: count('spoken_report'),
    spokenConfirm: count('spoken_confirm'),
    spokenDeny: count('spoken_deny'),
    spokenNoComment: count('spoken_no_comment'),
    carried: count('carried'),
    retracted: count('retracted'),
    corrected: count('corrected'),
    voided: count('voided'),
    firstAttributionAt: instantAt('first_attribution_at', { nullable: true }),
    lastAttributionAt: instantAt('last_attribution_at', { nullable: true }),
    registeredAt: instantAt('registered_at', { nullable: true }),
    changedAt: instantAt('changed_at', { nullable: true }),
    revision: revision('revision', { nullable: true }),
    position: position('position'),
  },
});

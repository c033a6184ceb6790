import type { AttributionRecord, Stance } from '#domain';
import type { LedgerEventType, StoredEvent } from '#event-store';
import type { Projection, TableWriter } from '../projection/projection.js';
import type { ThreadStep } from '../projection/thread-folds.js';
import { secondsBetween } from './attribution-finder.js';
import {
  ReportActEntity,
  type ReportActRow,
  ReportTakeBackEntity,
  type ReportTakeBackRow,
  ReportWordEntity,
  type ReportWordRow,
} from './report-word.entity.js';

/** What is reported case by case: denials, refusals, what was taken back, and acts that somebody answers for. */
export const reportWordsProjection: Projection = {
  name: 'report-words',
  version: 3,
  entities: [ReportWordEntity, ReportTakeBackEntity, ReportActEntity],
  // A claim that a merge carries is confirmed in another stream than the one in which it was denied.
  waits: 'log',
  lookups: ['report_word_denied'],
  apply({ events, steps }, tables) {
    tables.upsert(ReportWordEntity, steps.flatMap(wordIn));
    noteRepeated(steps, tables);
    voidWords(steps, tables);
    confirmDenied(steps, tables);
    tables.upsert(ReportTakeBackEntity, steps.flatMap(takeBackIn));
    tables.upsert(ReportActEntity, events.flatMap(actIn));
  },
};

/** The stances of which a row is kept. */
const WORDS: ReadonlySet<Stance> = new Set(['deny', 'no_comment']);

function wordIn({ stored, fold }: ThreadStep): ReportWordRow[] {
  const { event, recordedAt, position } = stored;
  if (event.type !== 'ClaimDenied' && event.type !== 'CommentDeclined') return [];
  const { attributionId, claimId, speaker } = event.data;
  return [
    {
      attributionId,
      claimId,
      threadId: fold.state.threadId ?? '',
      stance: event.type === 'ClaimDenied' ? 'deny' : 'no_comment',
      sourceId: speaker?.sourceId ?? null,
      group: speaker?.group ?? null,
      recordedAt,
      position,
      voided: false,
      laterConfirmed: false,
      repeated: false,
    },
  ];
}

/** Of a source that denies a claim again, all its denials of that claim. */
function noteRepeated(steps: readonly ThreadStep[], tables: TableWriter): void {
  tables.amend(
    ReportWordEntity,
    (table) => `
      UPDATE ${table} w SET repeated = true
      FROM (SELECT DISTINCT source_id, claim_id FROM json_populate_recordset(NULL::${table}, $1)) d
      WHERE w.claim_id = d.claim_id AND w.source_id = d.source_id AND w.stance = 'deny' AND NOT w.repeated
        AND EXISTS (SELECT FROM ${table} other
          WHERE other.claim_id = w.claim_id AND other.source_id = w.source_id AND other.stance = 'deny'
            AND other.attribution_id <> w.attribution_id)`,
    steps.filter(deniesAgain).flatMap(wordIn),
  );
}

/** Or may do so: of a claim that an unmerge has taken out of the fold since, nobody knows. */
function deniesAgain({ stored: { event }, fold }: ThreadStep): boolean {
  if (event.type !== 'ClaimDenied' || event.data.speaker === null) return false;
  const { attributionId, claimId, speaker } = event.data;
  const claim = fold.state.claims.get(claimId);
  return (
    claim === undefined ||
    claim.attributions.some(
      (other) =>
        isDenial(other) && other.speaker?.sourceId === speaker.sourceId && other.attributionId !== attributionId,
    )
  );
}

function voidWords(steps: readonly ThreadStep[], tables: TableWriter): void {
  const voided = steps.flatMap(({ stored: { event }, takenBack }) =>
    event.type === 'AttributionVoided' && takenBack !== null && WORDS.has(takenBack.stance)
      ? [{ attributionId: event.data.attributionId }]
      : [],
  );
  tables.amend(
    ReportWordEntity,
    (table) => `
      UPDATE ${table} w SET voided = true
      FROM json_populate_recordset(NULL::${table}, $1) v WHERE w.attribution_id = v.attribution_id`,
    voided,
  );
}

/** Marks the denials, in this batch or before it, of claims that came to be confirmed: one row for each voice. */
function confirmDenied(steps: readonly ThreadStep[], tables: TableWriter): void {
  tables.amend(
    ReportWordEntity,
    (table) => `
      UPDATE ${table} w SET later_confirmed = true
      FROM json_populate_recordset(NULL::${table}, $1) c
      WHERE w.claim_id = c.claim_id AND w.stance = 'deny' AND w.position < c.position
        AND w.voice_group IS DISTINCT FROM c.voice_group AND NOT w.later_confirmed`,
    steps.flatMap(confirmingVoices),
  );
}

/** Of claims that were denied, as far as is known. A merge and its undoing carry confirmations, and confirm nothing. */
function confirmingVoices({ stored, before, after, fold }: ThreadStep): Partial<ReportWordRow>[] {
  const { event, position } = stored;
  if (event.type === 'ThreadMerged' || event.type === 'ThreadUnmerged') return [];
  return [...after.claims.values()]
    .filter(({ claimId, status }) => status === 'confirmed' && before.claims.get(claimId)?.status !== 'confirmed')
    .filter(({ claimId }) => fold.state.claims.get(claimId)?.attributions.some(isDenial) !== false)
    .flatMap(({ claimId, computed }) => computed.for.map(({ group }) => ({ claimId, position, group })));
}

function isDenial({ stance }: AttributionRecord): boolean {
  return stance === 'deny';
}

function takeBackIn({ stored, takenBack, fold }: ThreadStep): ReportTakeBackRow[] {
  const how = takenBack?.takenBack?.how;
  if (takenBack === null || how === undefined) return [];
  const { data } = stored.event;
  const statedAt = 'statedAt' in data ? data.statedAt : undefined;
  return [
    {
      position: stored.position,
      recordedAt: stored.recordedAt,
      threadId: fold.state.threadId ?? '',
      how,
      speakerId: takenBack.speaker?.sourceId ?? null,
      recordedSeconds: secondsBetween(takenBack.recordedAt, stored.recordedAt),
      statedSeconds: secondsBetween(takenBack.statedAt, statedAt),
      imported: stored.context.batchId !== null,
    },
  ];
}

/** A merge is told once, by the thread that goes. */
const ACTS: ReadonlySet<LedgerEventType> = new Set([
  'AttributionVoided',
  'ClaimRuled',
  'RulingLifted',
  'ThreadPolicyChanged',
  'ThreadMerged',
  'ThreadUnmerged',
  'ThreadClosed',
  'ThreadReopened',
  'SourceRated',
  'SourceSealed',
  'SourceIdentityErased',
  'PolicyAdopted',
] satisfies LedgerEventType[]);

function actIn({ id, event, stream, context, position, recordedAt }: StoredEvent): ReportActRow[] {
  if (!ACTS.has(event.type) || context.batchId !== null) return [];
  if ('role' in event.data && event.data.role === 'survivor') return [];
  const reason = 'reason' in event.data ? event.data.reason : null;
  const { actor } = context;
  return [
    {
      position,
      recordedAt,
      eventId: id,
      eventType: event.type,
      subject: stream,
      actorId: actor.id,
      actorName: actor.name,
      reason,
    },
  ];
}

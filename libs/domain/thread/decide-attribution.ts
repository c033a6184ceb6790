import { Refusal } from '../refusal.js';
import type { AttributionId, SourceId, Stance } from '../vocabulary.js';
import { isOpened } from './decide-claim.js';
import type {
  CorrectAttribution,
  NewAttribution,
  NewClaim,
  RecordAttribution,
  RetractAttribution,
  VoidAttribution,
} from './thread.commands.js';
import type { AttributionEvent, AttributionFacts, ThreadEvent } from './thread.events.js';
import type { AttributionRecord, ThreadState } from './thread.state.js';
import { unknownClaim } from './unknown-claim.js';

export function decideRecord({ attribution, opening }: RecordAttribution, state: ThreadState): readonly ThreadEvent[] {
  const opens = opening != null && !isOpened(opening, state, '/opening');
  const event = attributionEvent(attribution, state, '', opens ? opening : undefined);
  return [...(opens ? [{ type: 'ClaimOpened', data: opening } as const] : []), ...(event === null ? [] : [event])];
}

export function decideCorrect(command: CorrectAttribution, state: ThreadState): readonly ThreadEvent[] {
  const { attributionId, replacement, takenBackBy, statedAt, reason } = command;
  const attribution = attributionOf(state, attributionId);
  if (attribution.takenBack?.replacedBy === replacement.attributionId) return [];
  refuseTakenBack(attribution);
  refuseStranger(attribution, takenBackBy);
  const event = attributionEvent(replacement, state, '/replacement');
  if (event === null) {
    throw new Refusal(
      'attribution_exists',
      'The replacement is an attribution that this thread already has. Retract or void the wrong one instead.',
      '/replacement',
    );
  }
  const replacedBy = replacement.attributionId;
  return [event, { type: 'AttributionCorrected', data: { attributionId, replacedBy, takenBackBy, statedAt, reason } }];
}

export function decideRetract(command: RetractAttribution, state: ThreadState): readonly ThreadEvent[] {
  const { attributionId, takenBackBy, statedAt, reason } = command;
  const attribution = attributionOf(state, attributionId);
  refuseStranger(attribution, takenBackBy);
  if (attribution.takenBack?.how === 'retracted' && attribution.takenBack.statedAt === statedAt) return [];
  refuseTakenBack(attribution);
  return [{ type: 'AttributionRetracted', data: { attributionId, takenBackBy, statedAt, reason } }];
}

export function decideVoid({ attributionId, reason }: VoidAttribution, state: ThreadState): readonly ThreadEvent[] {
  const attribution = attributionOf(state, attributionId);
  if (attribution.takenBack?.how === 'voided') return [];
  refuseTakenBack(attribution);
  return [{ type: 'AttributionVoided', data: { attributionId, reason } }];
}

/**
 * The event that records an attribution; null when the thread has it already.
 * @param at JSON pointer of the attribution within the command
 * @param opening a claim that the same command opens
 */
export function attributionEvent(
  attribution: NewAttribution,
  state: ThreadState,
  at: string,
  opening?: NewClaim,
): AttributionEvent | null {
  const { claimId } = attribution;
  const claim = state.claims.get(claimId) ?? (opening?.claimId === claimId ? opening : undefined);
  if (claim === undefined) throw unknownClaim(claimId, `${at}/claim`);
  refuseContradictions(attribution, at);
  const facts = factsOf(attribution, claim);
  if (isRecorded(attribution, facts, state, at)) return null;
  return { type: EVENT_TYPES[attribution.stance], data: facts };
}

const EVENT_TYPES = {
  report: 'ClaimReported',
  confirm: 'ClaimConfirmed',
  deny: 'ClaimDenied',
  no_comment: 'CommentDeclined',
} as const satisfies Record<Stance, AttributionEvent['type']>;

/** Field by field: just these are stored, and to leave fields out by a rest pattern costs many times as much. */
function factsOf(attribution: NewAttribution, claim: Pick<NewClaim, 'standing'>): AttributionFacts {
  return {
    attributionId: attribution.attributionId,
    claimId: attribution.claimId,
    key: attribution.key,
    speaker: attribution.speaker,
    via: attribution.via,
    onRecord: attribution.onRecord,
    vouchedBy: attribution.vouchedBy,
    tentative: attribution.tentative,
    standing: attribution.standing ?? hasStanding(claim, attribution),
    statedAt: attribution.statedAt,
    quote: attribution.quote,
    url: attribution.url,
    note: attribution.note,
  };
}

function hasStanding(claim: Pick<NewClaim, 'standing'>, { speaker }: NewAttribution): boolean {
  return speaker !== null && claim.standing.includes(speaker.sourceId);
}

function refuseContradictions({ speaker, onRecord, vouchedBy, standing }: NewAttribution, at: string): void {
  if (speaker?.kind === 'unnamed' && onRecord) {
    throw new Refusal(
      'unnamed_on_record',
      `Source ${speaker.sourceId} is an unnamed speaker, which cannot be on record. Send onRecord false, or quote the source under its name.`,
      `${at}/onRecord`,
    );
  }
  if (vouchedBy !== null && (speaker === null || onRecord)) {
    throw new Refusal(
      'vouch_not_needed',
      speaker === null
        ? 'Nobody can vouch for an unknown speaker. Name the source, or leave out vouchedBy.'
        : 'Only a speaker who is not on record is vouched for. Leave out vouchedBy, or send onRecord false.',
      `${at}/vouchedBy`,
    );
  }
  if (standing === true && speaker === null) {
    throw new Refusal(
      'standing_without_speaker',
      'An unknown speaker has no standing. Name the source, or leave out standing.',
      `${at}/standing`,
    );
  }
}

/** A retry by id, or the same attribution sent again under the tool's own key. */
function isRecorded(attribution: NewAttribution, facts: AttributionFacts, state: ThreadState, at: string): boolean {
  const sameId = state.attributions.has(facts.attributionId);
  if (sameId || facts.key === null) return sameId;
  const known = state.attributions.get(state.attributionIdByKey.get(facts.key) ?? '');
  if (known === undefined) return false;
  const standing = attribution.standing ?? known.standing;
  if (known.stance === attribution.stance && sameFacts(known, { ...facts, standing })) return true;
  throw new Refusal(
    'attribution_key_taken',
    `The key "${facts.key}" belongs to attribution ${known.attributionId}, which says something else. Correct or void that one, or send another key.`,
    `${at}/key`,
  );
}

function sameFacts(a: AttributionFacts, b: AttributionFacts): boolean {
  return (
    a.claimId === b.claimId &&
    a.speaker?.sourceId === b.speaker?.sourceId &&
    a.via.map((conduit) => conduit.sourceId).join() === b.via.map((conduit) => conduit.sourceId).join() &&
    a.onRecord === b.onRecord &&
    a.vouchedBy === b.vouchedBy &&
    a.tentative === b.tentative &&
    a.standing === b.standing &&
    a.statedAt === b.statedAt &&
    a.quote === b.quote &&
    a.url === b.url &&
    a.note === b.note
  );
}

function attributionOf(state: ThreadState, attributionId: AttributionId): AttributionRecord {
  const attribution = state.attributions.get(attributionId);
  if (attribution !== undefined) return attribution;
  throw new Refusal(
    'attribution_not_found',
    `This thread has no attribution ${attributionId}. Only attributions of the same thread can be taken back.`,
  );
}

function refuseTakenBack({ attributionId, takenBack }: AttributionRecord): void {
  if (takenBack === null) return;
  throw new Refusal(
    'attribution_taken_back',
    `Attribution ${attributionId} was ${takenBack.how} already, so it does not count any more.`,
  );
}

function refuseStranger({ attributionId, speaker, via }: AttributionRecord, party: SourceId): void {
  if (speaker?.sourceId === party || via.some((conduit) => conduit.sourceId === party)) return;
  throw new Refusal(
    'not_speaker_or_carrier',
    `Source ${party} neither spoke nor carried attribution ${attributionId}, so it cannot take it back. If the entry is our own slip, void it.`,
    '/takenBackBy',
  );
}

import {
  type AttributionId,
  type AttributionRecord,
  type ClaimAssessment,
  type ClaimId,
  type ComputedClaimStatus,
  type Instant,
  nameOfPolicy,
  possibleChanges,
  type SetAsideReason,
  type SourceId,
  type Stance,
  type StatusChange,
  type Voice,
} from '#domain';
import type { AsOfNote } from './as-of.js';
import { takenBackIn } from './diff.js';
import type { Names } from './names.js';
import type { ThreadThen } from './replay.js';
import { inWords, nameOfClaim, speakerName } from './sentence.js';
import { type ClaimLabel, type Standing, standingOf } from './steps.js';

export interface ExplainedWord {
  readonly attributionId: AttributionId;
  readonly stance: Stance;
  readonly tentative: boolean;
  readonly speakerId: SourceId | null;
  readonly speaker: string;
  readonly via: readonly string[];
  readonly statedAt: Instant;
  readonly recordedAt: Instant;
  readonly eventId: string | null;
}

export interface ExplainedVoice extends Omit<Voice, 'attributionIds'> {
  readonly words: readonly ExplainedWord[];
}

export interface ExplainedSetAside extends ExplainedWord {
  readonly reason: SetAsideReason;
  /** The attribution that counts instead. */
  readonly by: AttributionId | null;
  readonly takenBack: { readonly eventId: string; readonly reason: string } | null;
}

/** Why a claim stands as it does at a moment, each part by its id, and all of it as text. */
export interface Explanation extends ClaimLabel {
  readonly asOf: AsOfNote;
  readonly policy: string;
  readonly standing: Standing;
  /** What R1 to R9 say, where something else is shown. */
  readonly computedStatus: ComputedClaimStatus;
  readonly ruleInWords: string;
  readonly for: readonly ExplainedVoice[];
  readonly against: readonly ExplainedVoice[];
  readonly setAside: readonly ExplainedSetAside[];
  readonly ruling: ClaimAssessment['ruling'];
  readonly rivals: readonly ClaimId[];
  readonly wouldChange: readonly StatusChange[];
  readonly text: string;
}

/** Null: the thread had no such claim then. */
export function explain({ fold, asOf }: ThreadThen, claimId: ClaimId, names: Names): Explanation | null {
  const claim = fold.state.claims.get(claimId);
  const assessment = fold.assessment.claims.get(claimId);
  const standing = standingOf(assessment);
  if (claim === undefined || assessment === undefined || standing === null) return null;
  const { computed, ruling, rivals } = assessment;
  const word = (attributionId: AttributionId): ExplainedWord[] => {
    const attribution = fold.state.attributions.get(attributionId);
    if (attribution === undefined) return [];
    return [wordOf(attribution, fold.attributionOrigin.get(attributionId)?.id ?? null, names)];
  };
  const voice = ({ attributionIds, ...rest }: Voice): ExplainedVoice => ({
    ...rest,
    words: attributionIds.flatMap(word),
  });
  const facts = {
    claimId,
    key: claim.key,
    statement: claim.statement,
    asOf,
    policy: nameOfPolicy(computed.policy),
    standing,
    computedStatus: computed.status,
    ruleInWords: RULES[computed.rule],
    for: computed.for.map(voice),
    against: computed.against.map(voice),
    setAside: computed.setAside.flatMap(({ attributionId, reason, by }) =>
      word(attributionId).map((told) => ({ ...told, reason, by, takenBack: takenBackIn(fold, attributionId) })),
    ),
    ruling,
    rivals,
    wouldChange: possibleChanges(claim.attributions, fold.state.policy),
  };
  return { ...facts, text: textOf(facts) };
}

/** Whose names an explanation of the claim needs. */
export function namesFor(
  { fold }: ThreadThen,
  claimId: ClaimId,
): { readonly sources: SourceId[]; readonly threads: [] } {
  const attributions = fold.state.claims.get(claimId)?.attributions ?? [];
  const sources = attributions.flatMap(({ speaker, via }) => (speaker === null ? [...via] : [speaker, ...via]));
  return { sources: [...new Set(sources.map(({ sourceId }) => sourceId))], threads: [] };
}

function wordOf(attribution: AttributionRecord, eventId: string | null, names: Names): ExplainedWord {
  const { attributionId, stance, tentative, speaker, via, statedAt, recordedAt } = attribution;
  return {
    attributionId,
    stance,
    tentative,
    speakerId: speaker?.sourceId ?? null,
    speaker: speakerName(attribution, names),
    via: via.map(({ sourceId }) => names.sources.get(sourceId) ?? `source ${sourceId}`),
    statedAt,
    recordedAt,
    eventId,
  };
}

/** What each rule of the status policy asks for. */
const RULES = {
  R1: 'nothing that was said counts',
  R2: 'parties or authorities say both yes and no, on record',
  R3: 'a party or authority denies it, on record',
  R4: 'a party or authority confirms it, on record',
  R5: 'independent voices stand on both sides',
  R6: 'several independent groups say so, and no party or authority has spoken',
  R7: 'one independent group says so',
  R8: 'there is only a denial, of somebody who is no party or authority',
  R9: 'only voices that nobody can vouch for have spoken',
} as const;

const REASONS: Readonly<Record<SetAsideReason, string>> = {
  echo: 'an echo: this speaker’s same word counts already',
  superseded: 'the speaker said something else later',
  retracted: 'taken back by its speaker or a carrier',
  voided: 'our own slip',
  corrected: 'corrected: another attribution counts instead',
  unvouched: 'nobody vouches for the speaker',
  no_comment: 'declined to comment',
};

function textOf(facts: Omit<Explanation, 'text'>): string {
  const { standing, ruleInWords, policy, computedStatus, ruling, setAside, wouldChange } = facts;
  const shown = `${nameOfClaim(facts)} stands as ${inWords(standing)}`;
  const byRules = `${ruleInWords} (${standing.rule} of ${policy})`;
  const why = {
    policy: `${shown}: ${byRules}.`,
    ruling: `${shown}, by an editor’s ruling (${ruling?.reason ?? ''}). The rules say ${computedStatus}: ${byRules}.`,
    exclusive_set: `${shown}: a claim that excludes it is confirmed. By itself it is ${computedStatus}: ${byRules}.`,
    mooted: `${shown}: an editor says that events have passed it by. It was ${computedStatus}: ${byRules}.`,
    lapsed: `${shown}: its time passed without outcome. It was ${computedStatus}: ${byRules}.`,
  }[standing.origin];
  const aside = setAside.map((word) => `${inShort(word)}: ${REASONS[word.reason]}`);
  return [
    why,
    `For it: ${voicesInWords(facts.for)}.`,
    `Against it: ${voicesInWords(facts.against)}.`,
    ...(aside.length > 0 ? [`Set aside: ${aside.join('; ')}.`] : []),
    ...wouldChange.map(({ sentence }) => `Would change it: ${sentence}.`),
  ].join('\n');
}

function voicesInWords(voices: readonly ExplainedVoice[]): string {
  const told = voices.map(({ group, standing, firm, words }) => {
    const notes = [standing ? 'party or authority' : null, firm ? null : 'tentative'].filter((note) => note !== null);
    const who = words.map(inShort).join(' and ');
    return `${who} [${[group, ...notes].join(', ')}]`;
  });
  return told.length === 0 ? 'nobody who counts' : told.join('; ');
}

function inShort({ speaker, via }: ExplainedWord): string {
  return via.length === 0 ? speaker : `${speaker} via ${via.join(' and ')}`;
}

import type { AttributionId, ComputedClaimStatus, Instant } from '../vocabulary.js';
import type { AsOf, AssessableAttribution, ClaimStatusResult, Rule, SetAside, Voice } from './assessment.js';
import type { StatusPolicy } from './policy.js';
import { comparableWords } from './same-words.js';

/** S: a party or authority, on record, that confirms or denies. V: anybody else whose voice counts. W: the rest. */
export type VoiceClass = 'S' | 'V' | 'W';
export const STRENGTH: Readonly<Record<VoiceClass, number>> = { S: 2, V: 1, W: 0 };

export interface Word {
  readonly attribution: AssessableAttribution;
  readonly voiceClass: VoiceClass;
}

export interface Verdict {
  readonly status: ComputedClaimStatus;
  readonly rule: Rule;
  readonly basis?: 'single' | 'multiple';
  readonly challenged?: boolean;
}

/**
 * Rules R1 to R9 of the status policy. Pure: the order of the input changes nothing.
 *
 * @param at which attributions and take-backs to look at; all when left out
 */
export function claimStatus(
  attributions: readonly AssessableAttribution[],
  policy: StatusPolicy,
  at: AsOf = {},
): ClaimStatusResult {
  const setAside: SetAside[] = [];
  const standing: AssessableAttribution[] = [];
  let anyRetracted = false;
  let anyDeclined = false;
  for (const attribution of attributions) {
    if (!admits(at, attribution.recordedAt, attribution.statedAt)) continue;
    const { attributionId, takenBack } = attribution;
    if (takenBack !== null && admits(at, takenBack.recordedAt, takenBack.statedAt)) {
      setAside.push({ attributionId, reason: takenBack.how, by: takenBack.replacedBy });
      anyRetracted ||= takenBack.how === 'retracted' && attribution.stance !== 'no_comment';
    } else if (attribution.stance === 'no_comment') {
      setAside.push({ attributionId, reason: 'no_comment', by: null });
      anyDeclined = true;
    } else {
      standing.push(attribution);
    }
  }

  const words = lastWords(standing, policy, setAside);
  const heard = words.filter((word) => word.voiceClass !== 'W');
  const supporting = voices(
    heard.filter((word) => word.attribution.stance !== 'deny'),
    policy,
  );
  const against = voices(
    heard.filter((word) => word.attribution.stance === 'deny'),
    policy,
  );
  const verdict: Verdict =
    standing.length === 0
      ? { rule: 'R1', status: anyRetracted ? 'retracted' : anyDeclined ? 'no_comment' : 'open' }
      : decideStatus(supporting, against, policy);
  return {
    status: verdict.status,
    rule: verdict.rule,
    basis: verdict.basis ?? null,
    challenged: verdict.challenged ?? false,
    for: supporting,
    against,
    setAside: setAside.sort((a, b) => compareText(a.attributionId, b.attributionId)),
    policy: { name: policy.name, version: policy.version },
  };
}

function admits(at: AsOf, recordedAt: Instant, statedAt: Instant | null): boolean {
  return (
    (at.recordedUntil === undefined || recordedAt <= at.recordedUntil) &&
    (at.statedUntil === undefined || statedAt === null || statedAt <= at.statedUntil)
  );
}

export function decideStatus(supporting: readonly Voice[], against: readonly Voice[], policy: StatusPolicy): Verdict {
  const officialFor = supporting.some((voice) => voice.standing);
  const officialAgainst = against.some((voice) => voice.standing);
  const firm = supporting.filter((voice) => voice.firm).length;
  const many = supporting.length >= policy.corroborationNeeds;

  if (officialFor && officialAgainst) return { rule: 'R2', status: 'disputed' };
  if (officialAgainst) return { rule: 'R3', status: firm >= policy.disputeNeeds ? 'disputed' : 'denied' };
  if (officialFor && (policy.singleOfficialConfirms || many)) {
    const challenged = against.length > 0;
    if (firm === 0) return { rule: 'R4', status: challenged ? 'disputed' : 'tentative' };
    return { rule: 'R4', status: 'confirmed', basis: many ? 'multiple' : 'single', challenged };
  }
  if (supporting.length > 0 && against.length > 0) return { rule: 'R5', status: 'disputed' };
  if (many) return { rule: 'R6', status: firm === 0 ? 'tentative' : 'corroborated' };
  if (supporting.length > 0) return { rule: 'R7', status: firm === 0 ? 'tentative' : 'reported' };
  if (against.length > 0) return { rule: 'R8', status: 'doubted' };
  return { rule: 'R9', status: 'unverified' };
}

export function classify(attribution: AssessableAttribution, policy: StatusPolicy): VoiceClass {
  const { speaker, onRecord, stance } = attribution;
  if (speaker === null) return 'W';
  const named = onRecord && speaker.kind !== 'unnamed';
  if (named) return attribution.standing && stance !== 'report' ? 'S' : 'V';
  const vouched =
    attribution.vouchedBy !== null ||
    (policy.trustedConduitVouches && attribution.via.some((conduit) => conduit.trustedConduit));
  return vouched ? 'V' : 'W';
}

/**
 * Each speaker's last word. Where the speaker's latest attributions repeat one word (same stance, as tentative as
 * before), the earliest of the strongest among them stands and the others are echoes: the same words through a weaker
 * carrier take nothing away. See docs/adr/0003-an-echo-keeps-the-strongest-carrier.md.
 */
function lastWords(
  standing: readonly AssessableAttribution[],
  policy: StatusPolicy,
  setAside: SetAside[],
): readonly Word[] {
  const bySpeaker = new Map<string, Word[]>();
  for (const attribution of standing) {
    // Nobody can tell whether two unknown speakers are one; none of them counts, so each keeps its own word.
    const speaker = attribution.speaker?.sourceId ?? `unknown ${attribution.attributionId}`;
    const word = { attribution, voiceClass: classify(attribution, policy) };
    const words = bySpeaker.get(speaker);
    if (words === undefined) bySpeaker.set(speaker, [word]);
    else words.push(word);
  }
  const last: Word[] = [];
  for (const words of bySpeaker.values()) {
    const word = lastWordOf(words, setAside);
    if (word === null) continue;
    if (word.voiceClass === 'W') {
      setAside.push({ attributionId: word.attribution.attributionId, reason: 'unvouched', by: null });
    }
    last.push(word);
  }
  return last.sort((a, b) => compareStated(a.attribution, b.attribution));
}

export function lastWordOf(words: Word[], setAside: SetAside[]): Word | null {
  words.sort((a, b) => compareStated(a.attribution, b.attribution));
  const latest = words.at(-1);
  if (latest === undefined) return null;
  const isRepeat = ({ attribution }: Word) =>
    attribution.stance === latest.attribution.stance && attribution.tentative === latest.attribution.tentative;
  const firstRepeat = words.findLastIndex((word) => !isRepeat(word)) + 1;
  let chosen = latest;
  for (let index = words.length - 1; index >= firstRepeat; index--) {
    const word = words[index];
    if (word !== undefined && STRENGTH[word.voiceClass] >= STRENGTH[chosen.voiceClass]) chosen = word;
  }
  const by: AttributionId = chosen.attribution.attributionId;
  words.forEach((word, index) => {
    if (word === chosen) return;
    const reason = index >= firstRepeat ? 'echo' : 'superseded';
    setAside.push({ attributionId: word.attribution.attributionId, reason, by });
  });
  return chosen;
}

/** Speakers of one group are one voice, and where the policy says so, groups that say the very same words. */
export function voices(words: readonly Word[], policy: StatusPolicy): readonly Voice[] {
  const shared = policy.sameWordsAreOneVoice ? groupsOfSameWords(words) : null;
  const byGroup = new Map<string, { attributionIds: AttributionId[]; standing: boolean; firm: boolean }>();
  for (const { attribution, voiceClass } of words) {
    const own = attribution.speaker?.group ?? '';
    const group = shared?.get(own) ?? own;
    const voice = byGroup.get(group) ?? { attributionIds: [], standing: false, firm: false };
    voice.attributionIds.push(attribution.attributionId);
    voice.standing ||= voiceClass === 'S';
    voice.firm ||= !attribution.tentative;
    byGroup.set(group, voice);
  }
  return [...byGroup].map(([group, voice]) => ({ group, ...voice }));
}

/**
 * For each group the one that stands for it: the first, in the order of the words, of those that are tied to it by the
 * same words, also by way of others.
 */
function groupsOfSameWords(words: readonly Word[]): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  const first = (group: string): string => {
    const parent = parents.get(group) ?? group;
    return parent === group ? group : first(parent);
  };
  const saidBy = new Map<string, string>();
  for (const { attribution } of words) {
    const group = attribution.speaker?.group ?? '';
    if (!parents.has(group)) parents.set(group, group);
    const said = comparableWords(attribution.quote);
    if (said === null) continue;
    const other = saidBy.get(said);
    if (other === undefined) saidBy.set(said, group);
    else if (first(other) !== first(group)) parents.set(first(group), first(other));
  }
  return new Map([...parents.keys()].map((group) => [group, first(group)]));
}

/** By when it was said, then when recorded, then place in the stream, then id: the same for every input order. */
export function compareStated(a: AssessableAttribution, b: AssessableAttribution): number {
  return (
    compareText(a.statedAt, b.statedAt) ||
    compareText(a.recordedAt, b.recordedAt) ||
    (a.revision < b.revision ? -1 : a.revision > b.revision ? 1 : 0) ||
    compareText(a.attributionId, b.attributionId)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

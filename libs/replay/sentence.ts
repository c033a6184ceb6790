import { type AttributionRecord, nameOfPolicy, type SourceId, type Stance, type ThreadDetails } from '#domain';
import type { Names } from './names.js';
import type { ClaimLabel, ReplayStep, Standing } from './steps.js';

const STATEMENT_MAX = 80;
const OTHERS_MAX = 3;

/** A step in words, in the parts that make its sentence. */
export interface StepInWords {
  /** Who did what, such as `The Kremlin, via TASS, confirms "visit"`. */
  readonly deed: string;
  /** How the claim that the event is about went on, such as `corroborated -> confirmed (multiple)`. */
  readonly outcome: string | null;
  /** What else changed: other claims, and the thread. */
  readonly others: readonly string[];
}

export function tell(step: ReplayStep, names: Names): StepInWords {
  return { deed: deedOf(step, names), outcome: outcomeOf(step), others: [...othersOf(step), ...threadOf(step)] };
}

/** What happened, such as `The Kremlin, via TASS, confirms "visit": corroborated -> confirmed (multiple)`. */
export function sentenceOf(step: ReplayStep, names: Names): string {
  const { deed, outcome, others } = tell(step, names);
  return [outcome === null ? deed : `${deed}: ${outcome}`, ...others].join('; ');
}

function deedOf({ stored, claim, attribution, before }: ReplayStep, names: Names): string {
  const { event, context } = stored;
  const who = context.actor.name;
  const which = claim === null ? 'a claim' : nameOfClaim(claim);
  switch (event.type) {
    case 'ThreadOpened':
      return `${who} opens the thread "${event.data.headline}"`;
    case 'ThreadRevised':
      return `${who} changes ${revisedOf(before.details, event.data)}`;
    case 'ClaimOpened':
      return `${who} opens the ${event.data.core ? 'claim' : 'detail'} ${describe(event.data)}`;
    case 'ClaimReworded':
      return `${who} rewords ${which} to "${short(event.data.statement)}"${because(event.data.reason)}`;
    case 'ClaimReported':
    case 'ClaimConfirmed':
    case 'ClaimDenied':
    case 'CommentDeclined':
      return attribution === null
        ? `A word on ${which}`
        : `${speakerOf(attribution, names)} ${wordOf(attribution)} ${which}`;
    case 'AttributionCorrected':
      return `${takerOf(event.data.takenBackBy, attribution, names)} corrects ${whose(event.data.takenBackBy, attribution, names)} on ${which}${because(event.data.reason)}`;
    case 'AttributionRetracted':
      return `${takerOf(event.data.takenBackBy, attribution, names)} takes back ${whose(event.data.takenBackBy, attribution, names)} on ${which}${because(event.data.reason)}`;
    case 'AttributionVoided':
      return `${who} voids what ${attribution === null ? 'somebody' : within(speakerName(attribution, names))} was recorded to have said on ${which}${because(event.data.reason)}`;
    case 'ClaimsMadeExclusive':
      return `${who} says that ${event.data.claimIds.length} claims cannot all be true`;
    case 'ClaimMooted':
      return `${who} marks ${which} as moot${because(event.data.reason)}`;
    case 'ClaimLapsed':
      return `${who} marks ${which} as lapsed${because(event.data.reason)}`;
    case 'ClaimRuled':
      return `${who} rules that ${which} is ${words(event.data.status)}${because(event.data.reason)}`;
    case 'RulingLifted':
      return `${who} lifts the ruling on ${which}${because(event.data.reason)}`;
    case 'ThreadPolicyChanged':
      return `${who} judges the thread by ${event.data.policy} instead of ${nameOfPolicy(before.policy)}${because(event.data.reason)}`;
    case 'ThreadClosed':
      return `${who} closes the thread${because(event.data.reason)}`;
    case 'ThreadReopened':
      return `${who} reopens the thread${because(event.data.reason)}`;
    case 'ThreadMerged': {
      const { role, otherThreadId, claims, reason } = event.data;
      const other = names.threads.get(otherThreadId) ?? otherThreadId;
      return role === 'absorbed'
        ? `${who} merges this thread into ${other}, which speaks for it from here on${because(reason)}`
        : `${who} merges ${other} into this thread, with ${counted(claims.length)}${because(reason)}`;
    }
    case 'PiecePublished': {
      const { title, piece, pinnedRevision, reliesOn } = event.data;
      const rests =
        reliesOn.length === 0 ? 'no claim' : `${reliesOn.length} ${reliesOn.length === 1 ? 'claim' : 'claims'}`;
      return `${who} publishes "${short(title ?? piece)}", made from revision ${pinnedRevision} and resting on ${rests}`;
    }
    case 'PieceWithdrawn':
      return `${who} withdraws a piece${because(event.data.reason)}`;
    case 'ThreadUnmerged': {
      const { role, otherThreadId, claims, reason } = event.data;
      const other = names.threads.get(otherThreadId) ?? otherThreadId;
      return role === 'absorbed'
        ? `${who} undoes the merge into ${other}: ${counted(claims.length)} come back${because(reason)}`
        : `${who} undoes the merge of ${other}: ${counted(claims.length)} leave${because(reason)}`;
    }
  }
}

/** Of the claim that the event is about: how it went on, or that it did not. */
function outcomeOf({ stored, claim, standing, claims }: ReplayStep): string | null {
  if (claim === null || stored.event.type === 'ClaimOpened' || stored.event.type === 'ClaimReworded') return null;
  const change = claims.find(({ claimId }) => claimId === claim.claimId);
  if (change !== undefined) return transition(change.from, change.to);
  return standing === null ? null : `still ${inWords(standing)}`;
}

function othersOf({ claim, claims, stored }: ReplayStep): readonly string[] {
  // A merge brings and takes away whole claims: the sentence has counted them.
  const others = claims.filter(
    ({ claimId, from, to }) =>
      claimId !== claim?.claimId && (!('claims' in stored.event.data) || (from !== null && to !== null)),
  );
  const told = others.slice(0, OTHERS_MAX).map((other) => `${nameOfClaim(other)} ${transition(other.from, other.to)}`);
  const more = others.length - told.length;
  return more > 0 ? [...told, `${more} more ${more === 1 ? 'claim changes' : 'claims change'}`] : told;
}

function threadOf({ thread }: ReplayStep): readonly string[] {
  if (thread === null || thread.from === null) return [];
  return [`the thread ${words(thread.from)} -> ${words(thread.to)}`];
}

function transition(from: Standing | null, to: Standing | null): string {
  if (to === null) return 'leaves the thread';
  return from === null ? `begins as ${inWords(to)}` : `${inWords(from)} -> ${inWords(to)}`;
}

const ORIGINS = { policy: null, ruling: 'ruling', exclusive_set: 'excluded', mooted: null, lapsed: null } as const;

/** Such as `confirmed (multiple, challenged)`. */
export function inWords({ status, origin, basis, challenged }: Standing): string {
  const fromRules = origin === 'policy' && status === 'confirmed';
  const notes = [ORIGINS[origin], fromRules ? basis : null, fromRules && challenged ? 'challenged' : null];
  const told = notes.filter((note) => note !== null);
  return told.length === 0 ? words(status) : `${words(status)} (${told.join(', ')})`;
}

export function nameOfClaim({ key, statement }: Pick<ClaimLabel, 'key' | 'statement'>): string {
  return `"${key ?? short(statement)}"`;
}

function describe({ key, statement }: Pick<ClaimLabel, 'key' | 'statement'>): string {
  return key === null ? `"${short(statement)}"` : `"${key}": ${short(statement)}`;
}

const VERBS: Readonly<Record<Stance, string>> = {
  report: 'reports',
  confirm: 'confirms',
  deny: 'denies',
  no_comment: 'declines to comment on',
};

function wordOf({ stance, tentative }: AttributionRecord): string {
  return tentative && stance !== 'no_comment' ? `tentatively ${VERBS[stance]}` : VERBS[stance];
}

function speakerOf(attribution: AttributionRecord, names: Names): string {
  const { via, vouchedBy } = attribution;
  const carriers = via.map(({ sourceId }) => nameOf(sourceId, names)).join(' and ');
  const asides = [
    carriers === '' ? null : `via ${carriers}`,
    vouchedBy === null ? null : `vouched for by ${vouchedBy}`,
  ].filter((aside) => aside !== null);
  const name = speakerName(attribution, names);
  return asides.length === 0 ? name : `${name}, ${asides.join(', ')},`;
}

export function speakerName({ speaker }: Pick<AttributionRecord, 'speaker'>, names: Names): string {
  return speaker === null ? 'An unknown speaker' : upperFirst(nameOf(speaker.sourceId, names));
}

function nameOf(sourceId: SourceId, names: Names): string {
  return names.sources.get(sourceId) ?? `source ${sourceId}`;
}

function takerOf(party: SourceId, attribution: AttributionRecord | null, names: Names): string {
  return attribution?.speaker?.sourceId === party ? speakerName(attribution, names) : upperFirst(nameOf(party, names));
}

function whose(party: SourceId, attribution: AttributionRecord | null, names: Names): string {
  if (attribution === null || attribution.speaker?.sourceId === party) return 'its word';
  return `the word of ${within(speakerName(attribution, names))}`;
}

function revisedOf(before: ThreadDetails | null, after: ThreadDetails): string {
  const fields = (['headline', 'slug', 'desk', 'language'] as const)
    .filter((field) => before?.[field] !== after[field])
    .map((field) => `the ${field} to "${after[field]}"`);
  const topics = before?.topics.join('\n') === after.topics.join('\n') ? [] : [`the topics to ${listed(after.topics)}`];
  return [...fields, ...topics].join(' and ');
}

function listed(topics: readonly string[]): string {
  return topics.length === 0 ? 'none' : topics.join(', ');
}

function because(reason: string): string {
  return ` (${short(reason)})`;
}

function counted(claims: number): string {
  return claims === 1 ? 'its 1 claim' : `its ${claims} claims`;
}

function words(status: string): string {
  return status.replaceAll('_', ' ');
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= STATEMENT_MAX ? line : `${line.slice(0, STATEMENT_MAX - 1).trimEnd()}…`;
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Within a sentence "An unknown speaker" goes on in lower case, and so does a label such as "A senior official". */
function within(name: string): string {
  return /^(?:An?|Another|The) /.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

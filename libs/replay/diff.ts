import {
  type AttributionId,
  type AttributionRecord,
  type ClaimId,
  type Instant,
  type Lifecycle,
  nameOfPolicy,
  type SourceId,
  type Stance,
  type ThreadDetails,
  type ThreadStatus,
} from '#domain';
import { type AttributionPart, NO_PART, partsIn, type ThreadFold } from '#read-models';
import type { AsOfNote } from './as-of.js';
import type { ThreadThen } from './replay.js';
import { type ClaimLabel, type Standing, standingOf } from './steps.js';

interface Change<T> {
  readonly from: T;
  readonly to: T;
}

export interface ClaimDifference extends ClaimLabel {
  /** Null: the claim is not in the earlier view. */
  readonly from: Standing | null;
  /** Null: the claim is not in the later view. */
  readonly to: Standing | null;
  /** Null: it says the same. */
  readonly reworded: Change<string> | null;
  readonly core: Change<boolean> | null;
  /** A ruling that came, went, or took another's place. */
  readonly ruling: Change<RulingThen | null> | null;
}

export interface RulingThen {
  readonly rulingId: string;
  readonly status: string;
  readonly reason: string;
}

/** An attribution that one of the views does not have. */
export interface AttributionFound {
  readonly attributionId: AttributionId;
  readonly claimId: ClaimId;
  readonly stance: Stance;
  readonly tentative: boolean;
  /** Null: nobody knows who said it. */
  readonly speakerId: SourceId | null;
  readonly via: readonly SourceId[];
  readonly statedAt: Instant;
  readonly recordedAt: Instant;
  /** The event that brought it into the thread. */
  readonly eventId: string | null;
  readonly part: AttributionPart;
}

/** An attribution of both views that plays another part in the later one. */
export interface PartChange {
  readonly attributionId: AttributionId;
  readonly claimId: ClaimId;
  readonly from: AttributionPart;
  readonly to: AttributionPart;
  /** Of one that was taken back in between: the event that did it, and why. */
  readonly takenBack: { readonly eventId: string; readonly reason: string } | null;
}

export interface ThreadDiff {
  readonly from: AsOfNote;
  readonly to: AsOfNote;
  readonly thread: Change<ThreadStatus> | null;
  readonly lifecycle: Change<Lifecycle> | null;
  /** By which each view is judged. */
  readonly policy: Change<string> | null;
  readonly details: readonly ({ readonly field: keyof ThreadDetails } & Change<string>)[];
  /** Those that stand, read or are ruled differently. */
  readonly claims: readonly ClaimDifference[];
  readonly attributions: {
    readonly added: readonly AttributionFound[];
    readonly gone: readonly AttributionFound[];
    readonly changed: readonly PartChange[];
  };
  readonly openQuestions: { readonly opened: readonly ClaimId[]; readonly closed: readonly ClaimId[] };
}

/** What is different in the second view, whichever of the two is the later. */
export function diffOf(before: ThreadThen, after: ThreadThen): ThreadDiff {
  const [a, b] = [before.fold, after.fold];
  const questions = [a, b].map(({ assessment }) => new Set(assessment.openQuestions));
  const [asked, asks] = [questions[0] ?? new Set(), questions[1] ?? new Set()];
  return {
    from: before.asOf,
    to: after.asOf,
    thread: changed(a.assessment.status, b.assessment.status),
    lifecycle: changed(a.state.lifecycle, b.state.lifecycle),
    policy: changed(nameOfPolicy(a.state.policy), nameOfPolicy(b.state.policy)),
    details: changedDetails(a.state.details, b.state.details),
    claims: changedClaims(a, b),
    attributions: changedAttributions(a, b),
    openQuestions: {
      opened: b.assessment.openQuestions.filter((claimId) => !asked.has(claimId)),
      closed: a.assessment.openQuestions.filter((claimId) => !asks.has(claimId)),
    },
  };
}

function changed<T>(from: T, to: T): Change<T> | null {
  return from === to ? null : { from, to };
}

const DETAILS = ['headline', 'slug', 'desk', 'language', 'topics'] as const satisfies (keyof ThreadDetails)[];

function changedDetails(from: ThreadDetails | null, to: ThreadDetails | null): ThreadDiff['details'] {
  const text = (details: ThreadDetails | null, field: (typeof DETAILS)[number]) => String(details?.[field] ?? '');
  return DETAILS.map((field) => ({ field, from: text(from, field), to: text(to, field) })).filter(
    (change) => change.from !== change.to,
  );
}

function changedClaims(a: ThreadFold, b: ThreadFold): readonly ClaimDifference[] {
  const differences: ClaimDifference[] = [];
  for (const claimId of new Set([...a.state.claims.keys(), ...b.state.claims.keys()])) {
    const [was, is] = [a.state.claims.get(claimId), b.state.claims.get(claimId)];
    const label = is ?? was;
    if (label === undefined) continue;
    const [from, to] = [a, b].map(({ assessment }) => standingOf(assessment.claims.get(claimId)));
    const both = was !== undefined && is !== undefined;
    const difference: ClaimDifference = {
      claimId,
      key: label.key,
      statement: label.statement,
      from: from ?? null,
      to: to ?? null,
      reworded: both ? changed(was.statement, is.statement) : null,
      core: both ? changed(was.core, is.core) : null,
      ruling:
        was?.ruling?.rulingId === is?.ruling?.rulingId ? null : { from: was?.ruling ?? null, to: is?.ruling ?? null },
    };
    if (
      !isSameStanding(difference) ||
      difference.reworded !== null ||
      difference.core !== null ||
      difference.ruling !== null
    ) {
      differences.push(difference);
    }
  }
  return differences;
}

function isSameStanding({ from, to }: ClaimDifference): boolean {
  if (from === null || to === null) return from === to;
  return (['status', 'origin', 'rule', 'basis', 'challenged'] as const).every((field) => from[field] === to[field]);
}

function changedAttributions(a: ThreadFold, b: ThreadFold): ThreadDiff['attributions'] {
  const [parts, partsNow] = [partsOf(a), partsOf(b)];
  const only = (here: ThreadFold, there: ThreadFold, part: ReadonlyMap<AttributionId, AttributionPart>) =>
    [...here.state.attributions.values()]
      .filter(({ attributionId }) => !there.state.attributions.has(attributionId))
      .map((attribution) => found(attribution, here, part));
  const both = [...b.state.attributions.values()].filter(({ attributionId }) =>
    a.state.attributions.has(attributionId),
  );
  return {
    added: only(b, a, partsNow),
    gone: only(a, b, parts),
    changed: both.flatMap(({ attributionId, claimId }) => {
      const from = parts.get(attributionId) ?? NO_PART;
      const to = partsNow.get(attributionId) ?? NO_PART;
      if (isSamePart(from, to)) return [];
      return [{ attributionId, claimId, from, to, takenBack: takenBackIn(b, attributionId) }];
    }),
  };
}

/** Of every attribution of the thread. */
export function partsOf({ assessment }: ThreadFold): ReadonlyMap<AttributionId, AttributionPart> {
  return new Map([...assessment.claims.values()].flatMap((claim) => [...partsIn(claim)]));
}

function isSamePart(from: AttributionPart, to: AttributionPart): boolean {
  return from.counted === to.counted && from.setAside === to.setAside && from.setAsideBy === to.setAsideBy;
}

function found(
  attribution: AttributionRecord,
  fold: ThreadFold,
  parts: ReadonlyMap<AttributionId, AttributionPart>,
): AttributionFound {
  const { attributionId, claimId, stance, tentative, speaker, via, statedAt, recordedAt } = attribution;
  return {
    attributionId,
    claimId,
    stance,
    tentative,
    speakerId: speaker?.sourceId ?? null,
    via: via.map(({ sourceId }) => sourceId),
    statedAt,
    recordedAt,
    eventId: fold.attributionOrigin.get(attributionId)?.id ?? null,
    part: parts.get(attributionId) ?? NO_PART,
  };
}

/** The event that took an attribution back, as far as this view knows of it. */
export function takenBackIn(fold: ThreadFold, attributionId: AttributionId): PartChange['takenBack'] {
  if (fold.state.attributions.get(attributionId)?.takenBack == null) return null;
  const event = fold.takenBackBy.get(attributionId);
  if (event === undefined || !('reason' in event.event.data)) return null;
  return { eventId: event.id, reason: event.event.data.reason };
}

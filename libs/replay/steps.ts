import {
  type AttributionId,
  type AttributionRecord,
  type ClaimId,
  type ClaimStanding,
  type ClaimStatus,
  isOpenQuestion,
  type Rule,
  type StatusOrigin,
  type StatusPolicy,
  type ThreadDetails,
  type ThreadEvent,
  type ThreadStanding,
  type ThreadState,
  type ThreadStatus,
  ThreadTally,
  threadDecider,
} from '#domain';
import { EchoIndex } from '#echoes';
import type { ThreadStoredEvent } from '#read-models';

/** Where a claim stands, and by which rule. */
export interface Standing {
  /** What is shown. */
  readonly status: ClaimStatus;
  readonly origin: StatusOrigin;
  /** What R1 to R9 say; of a ruling, of a moot or a lapsed claim beside what is shown. */
  readonly rule: Rule;
  readonly basis: 'single' | 'multiple' | null;
  readonly challenged: boolean;
}

export interface ClaimLabel {
  readonly claimId: ClaimId;
  readonly key: string | null;
  readonly statement: string;
}

export interface ClaimChange extends ClaimLabel {
  /** Null: the claim was not in the thread before. */
  readonly from: Standing | null;
  /** Null: the claim has left the thread, by an unmerge. */
  readonly to: Standing | null;
}

/** One event of a thread, and what it changed. */
export interface ReplayStep {
  readonly stored: ThreadStoredEvent;
  /** The claim that the event is about. */
  readonly claim: ClaimLabel | null;
  /** Where that claim stands after the event, changed or not. */
  readonly standing: Standing | null;
  /** The attribution that the event records or takes back. */
  readonly attribution: AttributionRecord | null;
  /** Claims that stand differently, or by another rule: the event's own, and others that it moved. */
  readonly claims: readonly ClaimChange[];
  /** Null: it is as it was. */
  readonly thread: { readonly from: ThreadStatus | null; readonly to: ThreadStatus } | null;
  readonly threadStatus: ThreadStatus;
  readonly openQuestions: { readonly opened: readonly ClaimId[]; readonly closed: readonly ClaimId[] };
  /** What was heard before it in the thread: to ask whether its attribution echoes any of that. */
  readonly heard: EchoIndex;
  /** By which policy the thread stands after the event. */
  readonly policy: StatusPolicy;
  /** What a `ThreadRevised`, a `ClaimReworded` or a `ThreadPolicyChanged` replaced. */
  readonly before: {
    readonly details: ThreadDetails | null;
    readonly claim: ClaimLabel | null;
    readonly policy: StatusPolicy;
  };
}

/** Folds a thread event by event and says what each changed, at a cost that does not grow with the thread. */
export class StepFold {
  private state: ThreadState = threadDecider.initialState();
  private readonly tally = new ThreadTally();
  private standing: ThreadStanding = this.tally.standing(this.state);
  private readonly heard = new EchoIndex();
  /** Of every claim that ever was in the thread. */
  private readonly labels = new Map<ClaimId, ClaimLabel>();

  step(stored: ThreadStoredEvent): ReplayStep {
    const { event, revision, recordedAt } = stored;
    const before = this.standing;
    const { details, policy } = this.state;
    const claimBefore = 'claimId' in event.data ? (this.labels.get(event.data.claimId) ?? null) : null;
    this.state = threadDecider.evolve(this.state, { event, revision, recordedAt });
    this.standing = this.tally.standing(this.state);
    this.label(event);
    this.hear(event);
    const attribution = this.state.attributions.get(attributionIn(event) ?? '') ?? null;
    const claimId = 'claimId' in event.data ? event.data.claimId : attribution?.claimId;
    const claims = this.changes(before);
    const isOpened = event.type === 'ThreadOpened';
    const { status } = this.standing;
    return {
      stored,
      claim: this.labels.get(claimId ?? '') ?? null,
      standing: standingOf(this.standing.claims.get(claimId ?? '')),
      attribution,
      claims,
      thread: isOpened || before.status !== status ? { from: isOpened ? null : before.status, to: status } : null,
      threadStatus: status,
      openQuestions: {
        opened: claims.filter(({ from, to }) => !isOpen(from) && isOpen(to)).map((claim) => claim.claimId),
        closed: claims.filter(({ from, to }) => isOpen(from) && !isOpen(to)).map((claim) => claim.claimId),
      },
      heard: this.heard,
      policy: this.state.policy,
      before: { details, claim: claimBefore, policy },
    };
  }

  private hear(event: ThreadEvent): void {
    if ('speaker' in event.data) this.hearAgain(event.data.attributionId);
    else if ('claims' in event.data) {
      for (const { attributions } of event.data.claims) {
        for (const { attributionId } of attributions) this.hearAgain(attributionId);
      }
    } else if ('attributionId' in event.data) this.heard.takeBack(event.data.attributionId);
  }

  private hearAgain(attributionId: AttributionId): void {
    const attribution = this.state.attributions.get(attributionId);
    if (attribution !== undefined) this.heard.add(attribution);
  }

  private changes(before: ThreadStanding): readonly ClaimChange[] {
    const changes: ClaimChange[] = [];
    const note = (claimId: ClaimId, was: ClaimStanding | undefined, is: ClaimStanding | undefined) => {
      const label = this.labels.get(claimId);
      if (label !== undefined && !isSame(was, is)) {
        changes.push({ ...label, from: standingOf(was), to: standingOf(is) });
      }
    };
    for (const [claimId, is] of this.standing.claims) note(claimId, before.claims.get(claimId), is);
    for (const [claimId, was] of before.claims) {
      if (!this.standing.claims.has(claimId)) note(claimId, was, undefined);
    }
    return changes;
  }

  private label(event: ThreadEvent): void {
    if (event.type === 'ClaimOpened' || event.type === 'ClaimReworded') this.labelClaim(event.data.claimId);
    if ('claims' in event.data) for (const { claimId } of event.data.claims) this.labelClaim(claimId);
  }

  private labelClaim(claimId: ClaimId): void {
    const claim = this.state.claims.get(claimId);
    if (claim !== undefined) this.labels.set(claimId, { claimId, key: claim.key, statement: claim.statement });
  }
}

function attributionIn({ data }: ThreadEvent): AttributionId | undefined {
  return 'attributionId' in data ? data.attributionId : undefined;
}

function isOpen(standing: Standing | null): boolean {
  return standing !== null && isOpenQuestion(standing.status);
}

function isSame(was: ClaimStanding | undefined, is: ClaimStanding | undefined): boolean {
  if (was === undefined || is === undefined) return was === is;
  return (
    was.status === is.status &&
    was.origin === is.origin &&
    was.computed.rule === is.computed.rule &&
    was.computed.basis === is.computed.basis &&
    was.computed.challenged === is.computed.challenged
  );
}

/** A claim as it is tallied, or as it is assessed. */
interface Stands extends Pick<ClaimStanding, 'status' | 'origin'> {
  readonly computed: {
    readonly rule: Rule;
    readonly basis?: 'single' | 'multiple' | null;
    readonly challenged?: boolean;
  };
}

export function standingOf(claim: Stands | undefined): Standing | null {
  if (claim === undefined) return null;
  const { status, origin, computed } = claim;
  const { rule, basis = null, challenged = false } = computed;
  return { status, origin, rule, basis, challenged };
}

import { type AttributionId, type ClaimId, type Instant, nameOfPolicy, type ThreadStatus } from '#domain';
import { type JudgedEcho, judged } from '#echoes';
import type { LedgerEventType } from '#event-store';
import type { Names } from './names.js';
import { sentenceOf } from './sentence.js';
import type { ClaimChange, ReplayStep } from './steps.js';

/** A step as it is given out: plain JSON, with its sentence. The API, the command line and evidence share this shape. */
export interface ReplayRecord {
  /** In the thread's stream, from 0. */
  readonly revision: string;
  /** In the whole log. */
  readonly position: string;
  readonly eventId: string;
  readonly type: LedgerEventType;
  readonly recordedAt: Instant;
  /** Of a word or a taking back: when it was said. */
  readonly statedAt: Instant | null;
  readonly actor: { readonly id: string; readonly name: string };
  readonly batchId: string | null;
  readonly claimId: ClaimId | null;
  readonly claimKey: string | null;
  readonly attributionId: AttributionId | null;
  readonly sentence: string;
  readonly claims: readonly ClaimChange[];
  readonly thread: { readonly from: ThreadStatus | null; readonly to: ThreadStatus } | null;
  readonly threadStatus: ThreadStatus;
  /** By which the thread stands after the event, such as `standard-1`. */
  readonly policy: string;
  readonly openQuestions: { readonly opened: readonly ClaimId[]; readonly closed: readonly ClaimId[] };
  /** Of a word: which earlier ones it looks like without being another source. */
  readonly echoes: readonly JudgedEcho[];
}

export function recordOf(step: ReplayStep, names: Names): ReplayRecord {
  const { stored, claim, claims, thread, threadStatus, openQuestions } = step;
  const { event, context } = stored;
  return {
    revision: stored.revision.toString(),
    position: stored.position.toString(),
    eventId: stored.id,
    type: event.type,
    recordedAt: stored.recordedAt,
    statedAt: 'statedAt' in event.data ? event.data.statedAt : null,
    actor: context.actor,
    batchId: context.batchId,
    claimId: claim?.claimId ?? null,
    claimKey: claim?.key ?? null,
    attributionId: 'attributionId' in event.data ? event.data.attributionId : null,
    sentence: sentenceOf(step, names),
    claims,
    thread,
    threadStatus,
    policy: nameOfPolicy(step.policy),
    openQuestions,
    echoes: echoesOf(step),
  };
}

/** Looked for only when asked: to compare texts takes its time. */
export function echoesOf({ stored, attribution, heard, policy }: ReplayStep): readonly JudgedEcho[] {
  const isWord = attribution !== null && 'speaker' in stored.event.data;
  return isWord ? judged(heard.echoesOf(attribution), policy) : [];
}

/** Did the event change how anything stands, or by which policy? */
export function changesSomething({ claims, thread, policy, before }: ReplayStep): boolean {
  return claims.length > 0 || thread !== null || policy !== before.policy;
}

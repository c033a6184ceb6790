import {
  type AttributionId,
  type ClaimId,
  type NewAttribution,
  type NewClaim,
  Refusal,
  type SourceSnapshot,
  type ThreadState,
} from '#domain';
import type { Sources } from './sources.js';
import type { AttributionInput, ClaimInput, Ref } from './thread-inputs.js';

/** An attribution whose sources are known and whose claim is still a reference into its thread. */
export interface ResolvedAttribution extends Omit<NewAttribution, 'claimId'> {
  readonly claim: Ref;
}

/** `at` is the JSON pointer of the input within its command. */
export async function newClaim(input: ClaimInput, claimId: ClaimId, sources: Sources, at: string): Promise<NewClaim> {
  const { key, statement, core } = input;
  const standing = await Promise.all(
    input.standing.map(async (ref, index) => (await sources.snapshot(ref, `${at}/standing/${index}`)).sourceId),
  );
  return { claimId, key, statement, core, standing };
}

/**
 * Copies from the registry what must decide the status for ever: group, kind and trusted-conduit flags. At once if all
 * sources are known here.
 */
export function resolveAttribution(
  input: AttributionInput,
  attributionId: AttributionId,
  sources: Sources,
  at: string,
): ResolvedAttribution | Promise<ResolvedAttribution> {
  const speaker = input.speaker === null ? null : sources.snapshot(input.speaker, `${at}/source`);
  const via = input.via.map((ref, index) => sources.snapshot(ref, `${at}/via/${index}`));
  if (!(speaker instanceof Promise) && areKnown(via)) return resolvedOf(input, attributionId, speaker, via);
  return Promise.all([speaker, ...via]).then(([speaker, ...via]) =>
    resolvedOf(input, attributionId, speaker ?? null, via as SourceSnapshot[]),
  );
}

function areKnown(via: readonly (SourceSnapshot | Promise<SourceSnapshot>)[]): via is readonly SourceSnapshot[] {
  return !via.some((each) => each instanceof Promise);
}

/** Field by field, as below: to spread an object with so many costs several times as much. */
function resolvedOf(
  input: AttributionInput,
  attributionId: AttributionId,
  speaker: SourceSnapshot | null,
  via: readonly SourceSnapshot[],
): ResolvedAttribution {
  return {
    claim: input.claim,
    attributionId,
    key: input.key,
    stance: input.stance,
    speaker,
    via,
    onRecord: input.onRecord,
    vouchedBy: input.vouchedBy,
    tentative: input.tentative,
    standing: input.standing,
    statedAt: input.statedAt,
    quote: input.quote,
    url: input.url,
    note: input.note,
  };
}

/** Finds the claim in the thread, or among the claims that the same command opens. */
export function newAttribution(
  resolved: ResolvedAttribution,
  within: ThreadState | readonly NewClaim[],
  at: string,
): NewAttribution {
  return {
    claimId: claimIdOf(within, resolved.claim, `${at}/claim`),
    attributionId: resolved.attributionId,
    key: resolved.key,
    stance: resolved.stance,
    speaker: resolved.speaker,
    via: resolved.via,
    onRecord: resolved.onRecord,
    vouchedBy: resolved.vouchedBy,
    tentative: resolved.tentative,
    standing: resolved.standing,
    statedAt: resolved.statedAt,
    quote: resolved.quote,
    url: resolved.url,
    note: resolved.note,
  };
}

/** @throws Refusal claim_not_found */
export function claimIdOf(within: ThreadState | readonly NewClaim[], ref: Ref, field?: string): ClaimId {
  const claimId =
    'claims' in within
      ? within.claims.has(ref)
        ? ref
        : within.claimIdByKey.get(ref)
      : within.find((claim) => claim.key === ref)?.claimId;
  if (claimId === undefined && !('claims' in within && within.threadId === null)) {
    throw new Refusal(
      'claim_not_found',
      `No claim of this thread has the id or key "${ref}". Open the claim first, or correct the reference.`,
      field,
    );
  }
  // Of a thread that is not there, the decider says so, which is the better answer.
  return claimId ?? ref;
}

/** @throws Refusal attribution_not_found */
export function attributionIdOf(state: ThreadState, ref: Ref): AttributionId {
  const attributionId = state.attributions.has(ref) ? ref : state.attributionIdByKey.get(ref);
  if (attributionId === undefined && state.threadId !== null) {
    throw new Refusal(
      'attribution_not_found',
      `No attribution of this thread has the id or key "${ref}". GET its attributions to see their ids.`,
    );
  }
  return attributionId ?? ref;
}

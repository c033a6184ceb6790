import {
  type AttributionId,
  assessThread,
  type ClaimId,
  type CorrectAttribution,
  type Lifecycle,
  type PolicyName,
  type PublicationRecord,
  possibleChanges,
  Refusal,
  type StatusChange,
  type ThreadAssessment,
  type ThreadCommand,
  type ThreadDetails,
  type ThreadId,
  type ThreadStanding,
  type ThreadState,
  ThreadTally,
  threadDecider,
} from '#domain';
import { echoesIn, type JudgedEcho } from '#echoes';
import type { EventStore } from '#event-store';
import { type CommandContext, derivedId } from './command-context.js';
import { LedgerPolicy } from './ledger-policy.js';
import type { NameRegistry } from './name-registry.js';
import type { Sources } from './sources.js';
import { type Committed, StreamWriter } from './stream-writer.js';
import { attributionIdOf, claimIdOf, newAttribution, newClaim, resolveAttribution } from './thread-commands.js';
import type {
  AttributionInput,
  ClaimInput,
  CorrectionInput,
  OpenThreadInput,
  PublicationInput,
  Ref,
  RetractionInput,
  RewordClaimInput,
  RulingInput,
} from './thread-inputs.js';
import { mergeThreads, unmergeThread } from './thread-merges.js';
import { type AttributionPreview, previewOf, previewOfCorrection } from './thread-previews.js';
import { publishPiece } from './thread-publications.js';
import { streamOf, type ThreadWriter } from './thread-stream.js';
import { isId } from './uuid.js';

/** What publishing a piece left behind. */
export interface PublicationReceipt extends ThreadReceipt {
  readonly publication: PublicationRecord;
}

/** What a command left behind: where it stands in the log, and what the thread's status is right after it. */
export interface ThreadReceipt extends Omit<Committed<unknown>, 'view'> {
  readonly threadId: ThreadId;
  /** The claim that the command was about. */
  readonly claimId: ClaimId | null;
  /** The attribution that the command was about; of a correction, the replacement. */
  readonly attributionId: AttributionId | null;
  /** Where the thread stands once the command is durable. */
  readonly standing: ThreadStanding;
}

/** Of an attribution that was recorded, or had been. */
export interface AttributionReceipt extends ThreadReceipt {
  /** What it looked like when it was recorded; null: nobody asked, or it was there before. */
  readonly echoes: readonly JudgedEcho[] | null;
}

export interface RecordOptions {
  /** The attribution's claim, to be opened with it if the thread does not have it. */
  readonly opening?: ClaimInput | null;
  /** Whether to look for what it echoes; those who bring in thousands do not want to know. */
  readonly withEchoes?: boolean;
}

interface Subject {
  readonly claimId?: ClaimId | null | undefined;
  readonly attributionId?: AttributionId | null | undefined;
}

/**
 * Commands on threads. A thread is addressed by its id or its slug, also one of its earlier slugs.
 *
 * Every method throws Refusal when the rules forbid it, WrongExpectedRevision when `context.expectedRevision` is not
 * met, and EventStoreUnavailable. Each may be repeated with the same context: what was done is not done again.
 */
export class Threads {
  private readonly writer: ThreadWriter;

  constructor(
    store: EventStore,
    private readonly names: NameRegistry,
    private readonly sources: Sources,
    /** Which policy a thread opens under. */
    readonly ledgerPolicy: LedgerPolicy = new LedgerPolicy(store),
  ) {
    this.writer = new StreamWriter(store, threadDecider);
  }

  /** With a slug that is taken: answers the thread that is there if it is the same one, and refuses otherwise. */
  async open(input: OpenThreadInput, context: CommandContext): Promise<ThreadReceipt> {
    const { claims, attributions, ...details } = input;
    const { commandId } = context;
    const newClaims = await Promise.all(
      claims.map((claim, index) =>
        newClaim(claim, derivedId(commandId, `claim/${index}`), this.sources, `/claims/${index}`),
      ),
    );
    const resolved = await Promise.all(
      attributions.map((attribution, index) =>
        resolveAttribution(
          attribution,
          derivedId(commandId, `attribution/${index}`),
          this.sources,
          `/attributions/${index}`,
        ),
      ),
    );
    const ownId = derivedId(commandId, 'thread');
    const threadId = await this.names.reserve('thread-slug', details.slug, ownId);
    const { policy } = await this.ledgerPolicy.current();
    return this.execute(
      threadId,
      () => ({
        type: 'OpenThread',
        threadId,
        details,
        policy,
        claims: newClaims,
        attributions: resolved.map((attribution, index) =>
          newAttribution(attribution, newClaims, `/attributions/${index}`),
        ),
      }),
      context,
    );
  }

  async revise(ref: Ref, changes: Partial<ThreadDetails>, context: CommandContext): Promise<ThreadReceipt> {
    const threadId = await this.idOf(ref);
    if (changes.slug !== undefined) {
      const holder = await this.names.reserve('thread-slug', changes.slug, threadId);
      if (holder !== threadId) {
        throw new Refusal(
          'thread_exists',
          `The slug "${changes.slug}" belongs to thread ${holder}. Choose another.`,
          '/slug',
        );
      }
    }
    return this.execute(threadId, { type: 'ReviseThread', changes }, context);
  }

  async openClaim(ref: Ref, input: ClaimInput, context: CommandContext): Promise<ThreadReceipt> {
    const claim = await newClaim(input, derivedId(context.commandId, 'claim'), this.sources, '');
    return this.execute(await this.idOf(ref), { type: 'OpenClaim', claim }, context, (state) => ({
      claimId: state.claims.has(claim.claimId) ? claim.claimId : state.claimIdByKey.get(claim.key ?? ''),
    }));
  }

  async rewordClaim(ref: Ref, claim: Ref, input: RewordClaimInput, context: CommandContext): Promise<ThreadReceipt> {
    const { reason, standing, ...rest } = input;
    const changes =
      standing === undefined
        ? rest
        : {
            ...rest,
            standing: await Promise.all(standing.map((source, i) => this.sources.idOf(source, `/standing/${i}`))),
          };
    return this.onClaim(ref, claim, context, (claimId) => ({ type: 'RewordClaim', claimId, changes, reason }));
  }

  async record(
    ref: Ref,
    input: AttributionInput,
    context: CommandContext,
    { opening = null, withEchoes = false }: RecordOptions = {},
  ): Promise<AttributionReceipt> {
    const attributionId = derivedId(context.commandId, 'attribution');
    const resolved = await resolveAttribution(input, attributionId, this.sources, '');
    const claim = opening && (await newClaim(opening, derivedId(context.commandId, 'claim'), this.sources, '/opening'));
    let echoes: readonly JudgedEcho[] | null = null;
    const receipt = await this.execute(
      await this.idOf(ref),
      (state) => {
        const isNew = claim !== null && state.threadId !== null && !state.claimIdByKey.has(claim.key ?? '');
        const attribution = newAttribution(resolved, isNew ? [claim] : state, '');
        if (withEchoes) echoes = echoesIn(state, attribution);
        return { type: 'RecordAttribution', attribution, opening: claim };
      },
      context,
      (state) => {
        const known = state.attributions.has(attributionId)
          ? attributionId
          : state.attributionIdByKey.get(input.key ?? '');
        return { attributionId: known, claimId: known && state.attributions.get(known)?.claimId };
      },
    );
    return { ...receipt, echoes: receipt.changed ? echoes : null };
  }

  /**
   * What `record` would do, without doing it.
   * @throws Refusal where `record` would
   */
  async preview(ref: Ref, input: AttributionInput, context: CommandContext): Promise<AttributionPreview> {
    const attributionId = derivedId(context.commandId, 'attribution');
    const resolved = await resolveAttribution(input, attributionId, this.sources, '');
    const threadId = await this.idOf(ref);
    const { state } = await this.writer.read(streamOf(threadId));
    return previewOf(state, newAttribution(resolved, state, ''), { threadId, now: context.now });
  }

  async correct(
    ref: Ref,
    attribution: Ref,
    input: CorrectionInput,
    context: CommandContext,
    { withEchoes = false }: Pick<RecordOptions, 'withEchoes'> = {},
  ): Promise<AttributionReceipt> {
    const replacementId = derivedId(context.commandId, 'attribution');
    const correction = await this.correction(attribution, input, replacementId);
    let echoes: readonly JudgedEcho[] | null = null;
    const receipt = await this.execute(
      await this.idOf(ref),
      (state) => {
        const command = correction(state);
        if (withEchoes) echoes = echoesIn(state, command.replacement);
        return command;
      },
      context,
      (state) => ({
        attributionId: state.attributions.has(replacementId) ? replacementId : null,
        claimId: state.attributions.get(replacementId)?.claimId,
      }),
    );
    return { ...receipt, echoes: receipt.changed ? echoes : null };
  }

  /**
   * What `correct` would do, without doing it.
   * @throws Refusal where `correct` would
   */
  async previewCorrection(
    ref: Ref,
    attribution: Ref,
    input: CorrectionInput,
    context: CommandContext,
  ): Promise<AttributionPreview> {
    const command = await this.correction(attribution, input, derivedId(context.commandId, 'attribution'));
    const threadId = await this.idOf(ref);
    const { state } = await this.writer.read(streamOf(threadId));
    return previewOfCorrection(state, command(state), { threadId, now: context.now });
  }

  /** The command, once the thread is known that it is to be decided on. */
  private async correction(
    attribution: Ref,
    { replacement, takenBackBy, statedAt, reason }: CorrectionInput,
    replacementId: AttributionId,
  ): Promise<(state: ThreadState) => CorrectAttribution> {
    const resolved = await resolveAttribution(replacement, replacementId, this.sources, '/replacement');
    const party = await this.sources.idOf(takenBackBy, '/takenBackBy');
    return (state) => ({
      type: 'CorrectAttribution',
      attributionId: attributionIdOf(state, attribution),
      replacement: newAttribution(resolved, state, '/replacement'),
      takenBackBy: party,
      statedAt,
      reason,
    });
  }

  async retract(ref: Ref, attribution: Ref, input: RetractionInput, context: CommandContext): Promise<ThreadReceipt> {
    const takenBackBy = await this.sources.idOf(input.takenBackBy, '/takenBackBy');
    const { statedAt, reason } = input;
    return this.onAttribution(ref, attribution, context, (attributionId) => ({
      type: 'RetractAttribution',
      attributionId,
      takenBackBy,
      statedAt,
      reason,
    }));
  }

  async void(ref: Ref, attribution: Ref, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    return this.onAttribution(ref, attribution, context, (attributionId) => ({
      type: 'VoidAttribution',
      attributionId,
      reason,
    }));
  }

  async makeExclusive(ref: Ref, claims: readonly Ref[], context: CommandContext): Promise<ThreadReceipt> {
    const setId = derivedId(context.commandId, 'set');
    return this.execute(
      await this.idOf(ref),
      (state) => ({
        type: 'MakeClaimsExclusive',
        setId,
        claimIds: claims.map((claim, index) => claimIdOf(state, claim, `/claims/${index}`)),
      }),
      context,
    );
  }

  async moot(ref: Ref, claim: Ref, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    return this.onClaim(ref, claim, context, (claimId) => ({ type: 'MootClaim', claimId, reason }));
  }

  async lapse(ref: Ref, claim: Ref, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    return this.onClaim(ref, claim, context, (claimId) => ({ type: 'LapseClaim', claimId, reason }));
  }

  async rule(ref: Ref, claim: Ref, input: RulingInput, context: CommandContext): Promise<ThreadReceipt> {
    const rulingId = derivedId(context.commandId, 'ruling');
    return this.onClaim(ref, claim, context, (claimId) => ({ type: 'RuleClaim', claimId, rulingId, ...input }));
  }

  async liftRuling(ref: Ref, claim: Ref, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    return this.onClaim(ref, claim, context, (claimId) => ({ type: 'LiftRuling', claimId, reason }));
  }

  /** The thread is judged by this policy from here on. */
  async changePolicy(ref: Ref, policy: PolicyName, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    return this.execute(await this.idOf(ref), { type: 'ChangeThreadPolicy', policy, reason }, context);
  }

  async close(ref: Ref, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    return this.execute(await this.idOf(ref), { type: 'CloseThread', reason }, context);
  }

  async reopen(ref: Ref, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    return this.execute(await this.idOf(ref), { type: 'ReopenThread', reason }, context);
  }

  /** The receipt is of the thread that goes; its `position` covers both streams. */
  async merge(ref: Ref, into: Ref, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    const from = await this.idOf(ref);
    const survivor = await this.idOf(into, '/into');
    const merged = await mergeThreads(this.writer, { from, into: survivor, reason, context, view: standingOf });
    return receiptOf(from, merged, merged.view);
  }

  /** The way back. The receipt is of the thread that had gone. */
  async unmerge(ref: Ref, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    const from = await this.idOf(ref);
    const unmerged = await unmergeThread(this.writer, { from, reason, context, view: standingOf });
    return receiptOf(from, unmerged, unmerged.view);
  }

  /** A piece that goes out again, changed or resting on something else, is a publication of its own. */
  async publish(ref: Ref, input: PublicationInput, context: CommandContext): Promise<PublicationReceipt> {
    const threadId = await this.idOf(ref);
    const committed = await publishPiece(this.writer, { threadId, input, context, view: standingOf });
    const { seen, publication } = committed.view;
    return { ...receiptOf(threadId, committed, seen), publication };
  }

  async withdraw(ref: Ref, publicationId: string, reason: string, context: CommandContext): Promise<ThreadReceipt> {
    return this.execute(await this.idOf(ref), { type: 'WithdrawPiece', publicationId, reason }, context);
  }

  /** How the thread stands now, straight from the log. Null: there is none. */
  async current(ref: Ref): Promise<{ readonly lifecycle: Lifecycle; readonly assessment: ThreadAssessment } | null> {
    const { state } = await this.writer.read(streamOf(await this.idOf(ref)));
    return state.threadId === null ? null : { lifecycle: state.lifecycle, assessment: assessThread(state) };
  }

  /** The id that holds a slug. It may have no event yet: whoever reserved the slug is still at work, or was cut off. */
  async find(slug: string): Promise<ThreadId | null> {
    return this.names.lookup('thread-slug', slug);
  }

  /**
   * The id that `ref` names: an id is taken as it is, a slug is looked up.
   * @throws Refusal thread_not_found
   */
  async idOf(ref: Ref, field?: string): Promise<ThreadId> {
    if (isId(ref)) return ref;
    const id = await this.names.lookup('thread-slug', ref);
    if (id === null) {
      throw new Refusal(
        'thread_not_found',
        `No thread has the id or slug "${ref}". Open it with POST /v1/threads.`,
        field,
      );
    }
    return id;
  }

  /** The single additions that would change what the rules say of a claim now, the smallest first. */
  async possibleChanges(ref: Ref, claim: Ref): Promise<readonly StatusChange[]> {
    const { state } = await this.writer.read(streamOf(await this.idOf(ref)));
    const record = state.claims.get(claimIdOf(state, claim));
    return record === undefined ? [] : possibleChanges(record.attributions, state.policy);
  }

  private async onClaim(
    ref: Ref,
    claim: Ref,
    context: CommandContext,
    command: (claimId: ClaimId) => ThreadCommand,
  ): Promise<ThreadReceipt> {
    return this.execute(
      await this.idOf(ref),
      (state) => command(claimIdOf(state, claim)),
      context,
      (state) => ({ claimId: claimIdOf(state, claim) }),
    );
  }

  private async onAttribution(
    ref: Ref,
    attribution: Ref,
    context: CommandContext,
    command: (attributionId: AttributionId) => ThreadCommand,
  ): Promise<ThreadReceipt> {
    return this.execute(
      await this.idOf(ref),
      (state) => command(attributionIdOf(state, attribution)),
      context,
      (state) => {
        const attributionId = attributionIdOf(state, attribution);
        return { attributionId, claimId: state.attributions.get(attributionId)?.claimId };
      },
    );
  }

  private async execute(
    threadId: ThreadId,
    command: ThreadCommand | ((state: ThreadState) => ThreadCommand),
    context: CommandContext,
    subject: (state: ThreadState) => Subject = () => ({}),
  ): Promise<ThreadReceipt> {
    const committed = await this.writer.execute(streamOf(threadId), command, context, (state) => ({
      subject: subject(state),
      standing: standingOf(state),
    }));
    return receiptOf(threadId, committed, committed.view.standing, committed.view.subject);
  }
}

/** One for each folded state, which its owner changes in place. */
const tallies = new WeakMap<ThreadState, { tally: ThreadTally; revision: bigint; standing: ThreadStanding }>();

/** Commands of one append look at the same state: it is worked out once for all of them. */
function standingOf(state: ThreadState): ThreadStanding {
  const known = tallies.get(state);
  if (known?.revision === state.revision) return known.standing;
  const tally = known?.tally ?? new ThreadTally();
  const standing = tally.standing(state);
  tallies.set(state, { tally, revision: state.revision, standing });
  return standing;
}

function receiptOf(
  threadId: ThreadId,
  { revision, position, recordedAt, changed }: Committed<unknown>,
  standing: ThreadStanding,
  subject: Subject = {},
): ThreadReceipt {
  return {
    revision,
    position,
    recordedAt,
    changed,
    threadId,
    claimId: subject.claimId ?? null,
    attributionId: subject.attributionId ?? null,
    standing,
  };
}

import type { CommandContext, SourceReceipt, Sources } from '#application';
import { Refusal } from '#domain';
import type { Access, AccessLog } from '../access-log/access-log.js';
import type { IdentityVault, SealedIdentity } from './identity-vault.js';

export interface SealInput {
  /** What is shown of the source from now on. */
  readonly label: string;
  /** Who it is; never enters an event. */
  readonly identity: string;
  readonly reason: string;
}

/** No identity is kept of the source. */
export class IdentityNotFound extends Error {
  override readonly name = 'IdentityNotFound';
  readonly code = 'identity_not_found';
}

/** Sealing, reading and erasing who stands behind a source. Each is noted in the access log. */
export class SourceIdentities {
  constructor(
    private readonly sources: Sources,
    private readonly vault: IdentityVault,
    private readonly accesses: AccessLog,
  ) {}

  /**
   * Once for a source. Sealed before with the same identity: adds nothing.
   * @throws Refusal source_not_found, source_sealed; WrongExpectedRevision; NoIdentityKey
   */
  async seal(ref: string, input: SealInput, context: CommandContext): Promise<SourceReceipt> {
    const { sourceId, commitment: before } = await this.sources.sealing(ref);
    const { label, identity, reason } = input;
    // The identity is safe before the event that commits to it; a try that comes to nothing is taken back.
    const commitment = before ?? (await this.vault.put(sourceId, identity, context.actor.name));
    let receipt: SourceReceipt;
    try {
      receipt = await this.sources.seal(sourceId, { label, commitment, reason }, context);
    } catch (error) {
      if (before === null && isDecided(error)) await this.vault.takeBack(sourceId, commitment);
      throw error;
    }
    const { commitment: sealed } = await this.sources.sealing(sourceId);
    await this.vault.remove(sourceId, sealed);
    if (receipt.changed) await this.note('source_identity.sealed', sourceId, context.actor, { label });
    else await this.requireSame(sourceId, sealed, identity);
    return receipt;
  }

  /** @throws Refusal source_not_found; IdentityNotFound, NoIdentityKey */
  async read(ref: string, actor: Access['actor']): Promise<SealedIdentity & { readonly sourceId: string }> {
    const { sourceId, commitment, identityErased } = await this.sources.sealing(ref);
    if (identityErased) throw new IdentityNotFound(`The identity of source ${sourceId} was erased, for good.`);
    const found = commitment === null ? null : await this.vault.read(sourceId, commitment);
    if (found === null) throw new IdentityNotFound(`No identity is sealed for source ${sourceId}.`);
    // Before it is shown: what cannot be noted is not shown.
    await this.note('source_identity.read', sourceId, actor, {});
    return { sourceId, ...found };
  }

  /**
   * For good. The event stays, and with it every proof; what it commits to is gone.
   * @throws Refusal source_not_found, source_not_sealed; WrongExpectedRevision
   */
  async erase(ref: string, reason: string, context: CommandContext): Promise<SourceReceipt> {
    const receipt = await this.sources.eraseIdentity(ref, reason, context);
    // Also of a retry: the first try may have been cut off here.
    await this.vault.remove(receipt.sourceId);
    if (receipt.changed) await this.note('source_identity.erased', receipt.sourceId, context.actor, {});
    return receipt;
  }

  private async requireSame(sourceId: string, commitment: string | null, identity: string): Promise<void> {
    const known = commitment === null ? null : await this.vault.read(sourceId, commitment);
    if (known?.identity === identity) return;
    throw new Refusal(
      'source_sealed',
      `Source ${sourceId} is sealed already, with another identity or none. It can be erased, and not replaced.`,
      '/identity',
    );
  }

  private note(action: Access['action'], sourceId: string, actor: Access['actor'], detail: object): Promise<void> {
    return this.accesses.record({ actor, action, subject: `source-${sourceId}`, detail: { ...detail } });
  }
}

/** The command was refused for certain: no event holds the commitment. */
function isDecided(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code !== 'event_store_unavailable';
}

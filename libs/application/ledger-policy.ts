import { type AdoptPolicy, type LedgerPolicyEvent, type LedgerPolicyState, ledgerPolicyDecider } from '#domain';
import type { EventStore } from '#event-store';
import type { CommandContext } from './command-context.js';
import { type Committed, StreamWriter } from './stream-writer.js';

/** The stream of what is chosen for the whole ledger. */
export const LEDGER_POLICY_STREAM = 'ledger-policy';

/** A choice made in another process this long ago may not be followed here yet. */
const MAX_AGE_MS = 1_000;

/** Which policy new threads open under: an administrator's choice, recorded in the log as everything else. */
export class LedgerPolicy {
  private readonly writer: StreamWriter<LedgerPolicyState, AdoptPolicy, LedgerPolicyEvent>;

  constructor(store: EventStore) {
    this.writer = new StreamWriter(store, ledgerPolicyDecider);
  }

  async current(): Promise<Readonly<LedgerPolicyState>> {
    const { state } = await this.writer.read(LEDGER_POLICY_STREAM, MAX_AGE_MS);
    return { ...state };
  }

  /** Of what is chosen already nothing is appended. */
  async adopt(
    { policy, reason }: Omit<AdoptPolicy, 'type'>,
    context: CommandContext,
  ): Promise<Committed<Readonly<LedgerPolicyState>>> {
    return this.writer.execute(LEDGER_POLICY_STREAM, { type: 'AdoptPolicy', policy, reason }, context, (state) => ({
      ...state,
    }));
  }
}

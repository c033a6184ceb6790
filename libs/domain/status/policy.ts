/** The parameters of a status policy: data, so that editors can try others against the same ledger. */
export interface StatusPolicy {
  readonly name: string;
  readonly version: number;
  /** Independent groups that make a claim `corroborated` (R6), and `multiple` the basis of a confirmation (R4). */
  readonly corroborationNeeds: number;
  /** Firm independent groups that turn an official denial into a dispute (R3). */
  readonly disputeNeeds: number;
  /** Does a trusted conduit vouch for an unnamed speaker whose words it carries? */
  readonly trustedConduitVouches: boolean;
  /** Is the word of one party or authority enough for `confirmed`? If not, `corroborationNeeds` groups must stand behind it. */
  readonly singleOfficialConfirms: boolean;
  /** Are groups that say the very same words one voice? See docs/adr/0014-echoes-are-flagged.md. */
  readonly sameWordsAreOneVoice: boolean;
}

export const STANDARD_1: StatusPolicy = {
  name: 'standard',
  version: 1,
  corroborationNeeds: 2,
  disputeNeeds: 2,
  trustedConduitVouches: true,
  singleOfficialConfirms: true,
  sameWordsAreOneVoice: false,
};

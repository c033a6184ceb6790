export const POLICY_NAMES = ['standard-1', 'standard-2'] as const;
/** A policy that a thread can stand under. What one says is never changed: other parameters get another name. */
export type PolicyName = (typeof POLICY_NAMES)[number];

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

export const STANDARD_2: StatusPolicy = { ...STANDARD_1, version: 2, sameWordsAreOneVoice: true };

const POLICIES: Readonly<Record<PolicyName, StatusPolicy>> = { 'standard-1': STANDARD_1, 'standard-2': STANDARD_2 };

/** @throws Error for a name that is in a stream and that this build does not know */
export function policyNamed(name: PolicyName): StatusPolicy {
  if (Object.hasOwn(POLICIES, name)) return POLICIES[name];
  throw new Error(`This build knows no policy "${name}". It was recorded by a newer one: upgrade this one.`);
}

/** Such as `standard-1`. */
export function nameOfPolicy({ name, version }: Pick<StatusPolicy, 'name' | 'version'>): string {
  return `${name}-${version}`;
}

import { ApiProperty } from '@nestjs/swagger';
import { type LedgerPolicyState, POLICY_NAMES, type PolicyName, policyNamed, type StatusPolicy } from '#domain';
import { ReasonRequest } from '../threads/threads.requests.js';
import { Text } from '../validation/text.fields.js';
import { Choice, Flag, WholeNumber } from '../validation/value.fields.js';

const GROUPS = { min: 1, max: 20 } as const;
const NULL_TEXT = { type: String, nullable: true } as const;
const POLICY_NAME = { enum: POLICY_NAMES, enumName: 'PolicyName' } as const;

/** Parameters that are left out are those of standard-1. */
export class PolicyRequest implements Partial<StatusPolicy> {
  @Text({
    max: 60,
    pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    form: 'Must be lower-case words joined by dashes.',
    example: 'strict',
  })
  name!: string;

  @WholeNumber({ min: 1, max: 1_000_000, example: 1 })
  version!: number;

  @WholeNumber({
    ...GROUPS,
    optional: true,
    description: 'Independent groups that corroborate (R6), and make a confirmation multiple (R4).',
    example: 3,
  })
  corroborationNeeds?: number;

  @WholeNumber({
    ...GROUPS,
    optional: true,
    description: 'Firm independent groups that turn an official denial into a dispute (R3).',
  })
  disputeNeeds?: number;

  @Flag({ optional: true, description: 'Does a trusted conduit vouch for an unnamed speaker whose words it carries?' })
  trustedConduitVouches?: boolean;

  @Flag({ optional: true, description: 'Is the word of one party or authority enough for confirmed?' })
  singleOfficialConfirms?: boolean;

  @Flag({ optional: true, description: 'Are groups that say the very same words one voice?' })
  sameWordsAreOneVoice?: boolean;
}

export class PolicyNameRequest extends ReasonRequest {
  @Choice(POLICY_NAMES, { enumName: 'PolicyName', example: 'standard-2' })
  policy!: PolicyName;
}

export class LedgerPolicyDto {
  @ApiProperty({ ...POLICY_NAME, description: 'That new threads open under.' }) policy!: PolicyName;
  @ApiProperty({ ...NULL_TEXT, format: 'date-time', description: 'Null: nobody has chosen one yet.' })
  since!: string | null;
  @ApiProperty(NULL_TEXT) reason!: string | null;
  @ApiProperty({ type: PolicyRequest, description: 'In full.' }) parameters!: StatusPolicy;
  @ApiProperty({ ...POLICY_NAME, isArray: true, description: 'Those that can be chosen.' })
  available!: readonly PolicyName[];
}

export function ledgerPolicyDto({ policy, since, reason }: LedgerPolicyState): LedgerPolicyDto {
  return { policy, since, reason, parameters: policyNamed(policy), available: POLICY_NAMES };
}

import { ApiProperty } from '@nestjs/swagger';
import {
  CLAIM_STATUSES,
  type ClaimStatus,
  type LedgerPolicyState,
  POLICY_NAMES,
  type PolicyName,
  policyNamed,
  type StatusPolicy,
  THREAD_STATUSES,
  type ThreadStatus,
} from '#domain';
import type { Backtest, BacktestChange, BacktestExample } from '#replay';
import { ReasonRequest } from '../threads/threads.requests.js';
import { Moment } from '../validation/moment.js';
import { Text } from '../validation/text.fields.js';
import { Choice, Flag, Nested, WholeNumber } from '../validation/value.fields.js';

const GROUPS = { min: 1, max: 20 } as const;
const ID = { format: 'uuid' } as const;
const NULL_TEXT = { type: String, nullable: true } as const;
const CLAIM_STATUS = { enum: CLAIM_STATUSES, enumName: 'ClaimStatus' } as const;
const POLICY_NAME = { enum: POLICY_NAMES, enumName: 'PolicyName' } as const;
const THREAD_STATUS = { enum: THREAD_STATUSES, enumName: 'ThreadStatus' } as const;

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

export class BacktestRequest {
  @Nested(() => PolicyRequest)
  policy!: PolicyRequest;

  @Moment({ optional: true, nullable: true, description: 'As the ledger was known then; now when left out.' })
  recordedUntil?: string | null;

  @Moment({ optional: true, nullable: true, description: 'With only what had been said by then.' })
  statedUntil?: string | null;
}

export class BacktestExampleDto implements BacktestExample {
  @ApiProperty(ID) threadId!: string;
  @ApiProperty({ example: 'kim-putin-visit' }) slug!: string;
  @ApiProperty({ ...NULL_TEXT, ...ID, description: 'Null: the thread itself.' }) claimId!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'visit' }) claimKey!: string | null;
}

export class ThreadBacktestChangeDto implements BacktestChange<ThreadStatus> {
  @ApiProperty(THREAD_STATUS) from!: ThreadStatus;
  @ApiProperty(THREAD_STATUS) to!: ThreadStatus;
  @ApiProperty() count!: number;
  @ApiProperty({ type: [BacktestExampleDto], description: 'At most ten.' }) examples!: readonly BacktestExampleDto[];
}

export class ClaimBacktestChangeDto implements BacktestChange<ClaimStatus> {
  @ApiProperty(CLAIM_STATUS) from!: ClaimStatus;
  @ApiProperty(CLAIM_STATUS) to!: ClaimStatus;
  @ApiProperty() count!: number;
  @ApiProperty({ type: [BacktestExampleDto], description: 'At most ten.' }) examples!: readonly BacktestExampleDto[];
}

export class BacktestDto implements Backtest {
  @ApiProperty({ type: PolicyRequest, description: 'In full, as it was tried.' }) policy!: Backtest['policy'];
  @ApiProperty({ type: [String], example: ['standard-1'], description: 'The policies that the threads stand under.' })
  against!: readonly string[];
  @ApiProperty({ ...NULL_TEXT, format: 'date-time' }) recordedUntil!: string | null;
  @ApiProperty({ ...NULL_TEXT, format: 'date-time' }) statedUntil!: string | null;
  @ApiProperty({ description: 'Without those that were merged away, for which their survivors speak.' })
  threads!: number;
  @ApiProperty() claims!: number;
  @ApiProperty({ description: 'Threads that would stand differently.' }) threadsChanged!: number;
  @ApiProperty({ description: 'Claims that would stand differently.' }) claimsChanged!: number;
  @ApiProperty({ type: [ThreadBacktestChangeDto], description: 'The most frequent first.' })
  threadChanges!: readonly ThreadBacktestChangeDto[];
  @ApiProperty({ type: [ClaimBacktestChangeDto], description: 'The most frequent first.' })
  claimChanges!: readonly ClaimBacktestChangeDto[];
}

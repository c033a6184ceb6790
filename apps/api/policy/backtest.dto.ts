import { ApiProperty } from '@nestjs/swagger';
import { CLAIM_STATUSES, type ClaimStatus, THREAD_STATUSES, type ThreadStatus } from '#domain';
import type { Backtest, BacktestChange, BacktestExample } from '#replay';
import { Moment } from '../validation/moment.js';
import { Identifier } from '../validation/text.fields.js';
import { Nested } from '../validation/value.fields.js';
import { BACKTEST_STATES, type BacktestJob, type BacktestState } from './backtest-jobs.js';
import { PolicyRequest } from './policy.dto.js';

const ID = { format: 'uuid' } as const;
const TIME = { format: 'date-time' } as const;
const NULL_TEXT = { type: String, nullable: true } as const;
const CLAIM_STATUS = { enum: CLAIM_STATUSES, enumName: 'ClaimStatus' } as const;
const THREAD_STATUS = { enum: THREAD_STATUSES, enumName: 'ThreadStatus' } as const;

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

export class BacktestPath {
  @Identifier({ description: 'As its start was answered.' })
  backtestId!: string;
}

export class BacktestJobDto implements BacktestJob {
  @ApiProperty(ID) backtestId!: string;
  @ApiProperty({ enum: BACKTEST_STATES, enumName: 'BacktestState' }) state!: BacktestState;
  @ApiProperty({ type: PolicyRequest, description: 'In full, as it is tried.' }) policy!: Backtest['policy'];
  @ApiProperty({ description: 'Threads that have been looked at.', example: 1200 }) done!: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Null until they are counted.', example: 4129 })
  total!: number | null;
  @ApiProperty(TIME) startedAt!: string;
  @ApiProperty({ ...NULL_TEXT, ...TIME }) endedAt!: string | null;
  @ApiProperty({ type: BacktestDto, nullable: true, description: 'Of one that is done.' }) result!: Backtest | null;
}

export function backtestJobDto({ backtestId, state, policy, done, total, ...job }: BacktestJob): BacktestJobDto {
  const { startedAt, endedAt, result } = job;
  return { backtestId, state, policy, done, total, startedAt, endedAt, result };
}

import { ApiProperty } from '@nestjs/swagger';
import { Refusal } from '#domain';
import type { AsOfNote, Moment, ThreadThen } from '#replay';
import { Moment as MomentField } from '../validation/moment.js';
import { RevisionParameter } from './moments.js';

export function RecordedUntilParameter(): PropertyDecorator {
  return MomentField({
    optional: true,
    description: 'What did this newsroom know then? Events recorded later are left out.',
  });
}

export function StatedUntilParameter(): PropertyDecorator {
  return MomentField({
    optional: true,
    description:
      'What had been said in the world by then? Words said later, and words taken back later, count as they did; what editors did counts.',
  });
}

export function AsOfRevisionParameter(): PropertyDecorator {
  return RevisionParameter({ optional: true, description: 'After this event of the thread’s stream.', example: '12' });
}

/** The parameters that turn a view of now into a view of then. */
export class AsOfQuery {
  @RecordedUntilParameter()
  recordedUntil?: string;

  @StatedUntilParameter()
  statedUntil?: string;

  @AsOfRevisionParameter()
  revision?: string;
}

/** Null: nothing bounds it, and the read models answer. */
export function momentOf({ recordedUntil, statedUntil, revision }: AsOfQuery): Moment | null {
  if (recordedUntil === undefined && statedUntil === undefined && revision === undefined) return null;
  return { recordedUntil, statedUntil, revision: revision === undefined ? undefined : BigInt(revision) };
}

/**
 * The claim of the thread as it was then, by id or key.
 * @throws Refusal claim_not_found
 */
export function claimIdThen({ fold }: ThreadThen, ref: string): string {
  const claimId = fold.state.claims.has(ref) ? ref : fold.state.claimIdByKey.get(ref);
  if (claimId !== undefined) return claimId;
  throw new Refusal('claim_not_found', `At that moment the thread had no claim with the id or key "${ref}".`);
}

const TIME = { format: 'date-time' } as const;

export class AsOfDto {
  @ApiProperty({ description: 'The last event that this view knows.', example: '12' }) revision!: string;
  @ApiProperty({ ...TIME, description: 'When that event was recorded.' }) recordedAt!: string;
  @ApiProperty({ ...TIME, type: String, nullable: true, description: 'As asked for.' }) recordedUntil!: string | null;
  @ApiProperty({ ...TIME, type: String, nullable: true, description: 'As asked for.' }) statedUntil!: string | null;
}

export function asOfDto({ revision, ...note }: AsOfNote): AsOfDto {
  return { revision: revision.toString(), ...note };
}

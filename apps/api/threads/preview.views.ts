import { ApiProperty } from '@nestjs/swagger';
import type { AttributionPreview } from '#application';
import { THREAD_STATUSES, type ThreadStatus } from '#domain';
import type { JudgedEcho } from '#echoes';
import { partsIn } from '#read-models';
import { type Standing, standingOf } from '#replay';
import { EchoDto, StandingDto } from '../replay/replay.views.js';

const ID = { format: 'uuid' } as const;
const THREAD_STATUS = { enum: THREAD_STATUSES, enumName: 'ThreadStatus' } as const;
const NULL_TEXT = { type: String, nullable: true } as const;

export class PreviewedClaimDto {
  @ApiProperty(ID) claimId!: string;
  @ApiProperty({ ...NULL_TEXT, example: 'visit' }) key!: string | null;
  @ApiProperty({ type: StandingDto, nullable: true }) from!: Standing | null;
  @ApiProperty({ type: StandingDto, nullable: true }) to!: Standing | null;
}

export class PreviewedThreadDto {
  @ApiProperty(THREAD_STATUS) from!: ThreadStatus;
  @ApiProperty(THREAD_STATUS) to!: ThreadStatus;
}

export class PreviewDto {
  @ApiProperty({ ...ID }) threadId!: string;
  @ApiProperty({ description: 'False: the thread has it already, and posting it would add nothing.' })
  changed!: boolean;
  @ApiProperty({ type: PreviewedClaimDto, description: 'Its claim, now and then.' }) claim!: PreviewedClaimDto;
  @ApiProperty({ type: PreviewedThreadDto }) thread!: PreviewedThreadDto;
  @ApiProperty({ type: [PreviewedClaimDto], description: 'Other claims that would stand differently.' })
  otherClaims!: readonly PreviewedClaimDto[];
  @ApiProperty({
    enum: ['for', 'against'],
    type: String,
    nullable: true,
    description: 'The side on which it would count.',
  })
  counted!: 'for' | 'against' | null;
  @ApiProperty({ ...NULL_TEXT, description: 'Why it would not count.' }) setAside!: string | null;
  @ApiProperty({ type: [EchoDto], description: 'What it looks like.' }) echoes!: readonly JudgedEcho[];
}

export function previewDto(preview: AttributionPreview, echoes: readonly JudgedEcho[]): PreviewDto {
  const { threadId, changed, attribution, before, after, claim } = preview;
  const { claimId } = attribution;
  const part = claim.after === null ? undefined : partsIn(claim.after).get(attribution.attributionId);
  return {
    threadId,
    changed,
    claim: {
      claimId,
      key: claim.key,
      from: standingOf(claim.before ?? undefined),
      to: standingOf(claim.after ?? undefined),
    },
    thread: { from: before.status, to: after.status },
    otherClaims: [...after.claims.values()].flatMap((is) => {
      const was = before.claims.get(is.claimId);
      if (is.claimId === claimId || (was?.status === is.status && was.origin === is.origin)) return [];
      return [{ claimId: is.claimId, key: null, from: standingOf(was), to: standingOf(is) }];
    }),
    counted: part?.counted ?? null,
    setAside: part?.setAside ?? null,
    echoes,
  };
}

import { ApiProperty } from '@nestjs/swagger';
import type { PublicationReceipt } from '#application';
import { CLAIM_STATUSES, type ClaimStatus } from '#domain';
import type { Downgrade, Publication, PublicationState, ReliedClaim } from '#read-models';
import { pageDto } from '../paging/page.js';
import { ReceiptDto, receiptDto, ThreadDetailDto } from '../threads/threads.views.js';

const ID = { format: 'uuid' } as const;
const TIME = { format: 'date-time' } as const;
const NULL_TEXT = { type: String, nullable: true } as const;
const CLAIM_STATUS = { enum: CLAIM_STATUSES, enumName: 'ClaimStatus' } as const;

export class PublicationReceiptDto extends ReceiptDto {
  @ApiProperty(ID) publicationId!: string;
  @ApiProperty({ description: 'The revision of the thread that the piece is pinned to.', example: '15' })
  pinnedRevision!: string;
  @ApiProperty({ type: [String], description: 'The claims that it rests on.' }) reliesOn!: readonly string[];
}

export function publicationReceiptDto(receipt: PublicationReceipt): PublicationReceiptDto {
  const { publicationId, pinnedRevision, reliesOn } = receipt.publication;
  return { ...receiptDto(receipt), publicationId, pinnedRevision, reliesOn };
}

export class ReliedClaimDto implements ReliedClaim {
  @ApiProperty(ID) claimId!: string;
  @ApiProperty({ ...ID, description: 'The thread that speaks for the claim now.' }) threadId!: string;
  @ApiProperty({ ...NULL_TEXT, example: 'visit' }) key!: string | null;
  @ApiProperty() statement!: string;
  @ApiProperty({ ...CLAIM_STATUS, description: 'Now.' }) status!: ClaimStatus;
}

export class PublicationFactsDto {
  @ApiProperty(ID) publicationId!: string;
  @ApiProperty({ ...ID, description: 'The thread that it was published from.' }) threadId!: string;
  @ApiProperty({ example: 'kim-putin-visit' }) slug!: string;
  @ApiProperty({ description: 'Of the thread.' }) headline!: string;
  @ApiProperty({ example: 'https://news.example/2023/09/kim-in-russia' }) piece!: string;
  @ApiProperty(NULL_TEXT) title!: string | null;
  @ApiProperty(TIME) publishedAt!: string;
  @ApiProperty({ description: 'What was known then: GET the thread with this `revision`.', example: '15' })
  pinnedRevision!: string;
  @ApiProperty({
    enum: ['standing', 'superseded', 'withdrawn'],
    enumName: 'PublicationState',
    description: '`superseded`: the piece went out again.',
  })
  state!: PublicationState;
  @ApiProperty(ID) eventId!: string;
  @ApiProperty({ description: 'Of the event that recorded it.', example: '16' }) revision!: string;
  @ApiProperty({ example: '4711' }) position!: string;
  @ApiProperty(TIME) recordedAt!: string;
  @ApiProperty({ description: 'Who recorded it.' }) actorName!: string;
  @ApiProperty({ ...NULL_TEXT, ...TIME }) withdrawnAt!: string | null;
  @ApiProperty(NULL_TEXT) withdrawnReason!: string | null;
}

export class PublicationDto extends PublicationFactsDto {
  @ApiProperty({ type: [ReliedClaimDto], description: 'The claims that it rests on.' }) claims!: readonly ReliedClaim[];
}

export class PublicationDetailDto extends PublicationDto {
  @ApiProperty({ type: ThreadDetailDto, description: 'What we knew when we published.' }) knew!: ThreadDetailDto;
}

export class FallCauseDto {
  @ApiProperty({ ...ID, description: 'The thread in which the claim stood then.' }) threadId!: string;
  @ApiProperty(ID) eventId!: string;
  @ApiProperty({ type: String, example: 'ClaimDenied' }) eventType!: Downgrade['cause']['eventType'];
  @ApiProperty({ example: '21' }) revision!: string;
  @ApiProperty({ example: '4712' }) position!: string;
  @ApiProperty(TIME) recordedAt!: string;
  @ApiProperty({ ...NULL_TEXT, example: 'R2' }) rule!: string | null;
  @ApiProperty() actorName!: string;
}

export class DowngradeDto {
  @ApiProperty({ type: PublicationFactsDto }) publication!: PublicationFactsDto;
  @ApiProperty({ type: ReliedClaimDto }) claim!: ReliedClaimDto;
  @ApiProperty({ ...CLAIM_STATUS, description: 'Before it fell.' }) from!: ClaimStatus;
  @ApiProperty({ ...CLAIM_STATUS, description: 'What it fell to.' }) to!: ClaimStatus;
  @ApiProperty({ enum: ['fallen', 'risen'], description: '`risen`: it stands again as firmly as before it fell.' })
  now!: Downgrade['now'];
  @ApiProperty({ description: 'How often it fell since; this is the last time.' }) falls!: number;
  @ApiProperty({ type: FallCauseDto }) cause!: FallCauseDto;
}

export class PublicationPageDto extends pageDto(PublicationDto) {}
export class DowngradePageDto extends pageDto(DowngradeDto) {}

function factsDto(publication: Omit<Publication, 'claims'>): PublicationFactsDto {
  const { publicationId, threadId, slug, headline, piece, title, publishedAt, state } = publication;
  const { eventId, recordedAt, actorName, withdrawnAt, withdrawnReason } = publication;
  return {
    publicationId,
    threadId,
    slug,
    headline,
    piece,
    title,
    publishedAt,
    pinnedRevision: publication.pinnedRevision.toString(),
    state,
    eventId,
    revision: publication.revision.toString(),
    position: publication.position.toString(),
    recordedAt,
    actorName,
    withdrawnAt,
    withdrawnReason,
  };
}

export function publicationDto(publication: Publication): PublicationDto {
  return { ...factsDto(publication), claims: publication.claims };
}

export function downgradeDto({ publication, cause, ...rest }: Downgrade): DowngradeDto {
  return {
    ...rest,
    publication: factsDto(publication),
    cause: { ...cause, revision: cause.revision.toString(), position: cause.position.toString() },
  };
}

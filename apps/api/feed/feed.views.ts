import { ApiProperty } from '@nestjs/swagger';
import type { FeedItem } from '#read-models';
import { EventDto, eventDto } from '../threads/threads.views.js';

const ID = { format: 'uuid' } as const;
const NULL_TEXT = { type: String, nullable: true } as const;
const NULL_ID = { ...NULL_TEXT, ...ID } as const;

export class FeedChangeDto {
  @ApiProperty({ ...NULL_ID, description: 'Null: the status of the thread itself.' }) claimId!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'visit' }) claimKey!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'corroborated' }) statusBefore!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'confirmed' }) statusAfter!: string | null;
  @ApiProperty({ ...NULL_TEXT, description: 'How it came about: policy, ruling, exclusive_set, mooted, lapsed.' })
  originAfter!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'R6' }) ruleBefore!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'R4' }) ruleAfter!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'multiple' }) basisAfter!: string | null;
  @ApiProperty() challengedAfter!: boolean;
}

/** The data of one message: what one event did. */
export class FeedItemDto {
  @ApiProperty({ description: 'In the whole log; also the id of the message.', example: '4711' }) position!: string;
  @ApiProperty({ ...NULL_ID, description: 'Null: the event is of a source.' }) threadId!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'kim-putin-visit' }) slug!: string | null;
  @ApiProperty(NULL_TEXT) headline!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'asia' }) desk!: string | null;
  @ApiProperty({ type: [String], example: ['north-korea', 'russia'] }) topics!: readonly string[];
  @ApiProperty(ID) eventId!: string;
  @ApiProperty({ example: 'ClaimConfirmed' }) eventType!: string;
  @ApiProperty({ description: 'Of the stream, from 0.', example: '12' }) revision!: string;
  @ApiProperty({ example: 'Asia desk' }) actorName!: string;
  @ApiProperty({ format: 'date-time' }) recordedAt!: string;
  @ApiProperty({ type: [FeedChangeDto], description: 'Of claims of the thread, and of the thread itself.' })
  changes!: readonly FeedChangeDto[];
  @ApiProperty({ type: EventDto, required: false, description: 'With events=true: the event as it is stored.' })
  event?: EventDto;
}

export function feedItemDto(item: FeedItem, withEvents: boolean): FeedItemDto {
  const { thread, eventId, eventType, actorName, recordedAt, changes, event } = item;
  return {
    position: item.position.toString(),
    threadId: thread?.threadId ?? null,
    slug: thread?.slug ?? null,
    headline: thread?.headline ?? null,
    desk: thread?.desk ?? null,
    topics: thread?.topics ?? [],
    eventId,
    eventType,
    revision: item.revision.toString(),
    actorName,
    recordedAt,
    changes,
    ...(withEvents && event !== null && { event: eventDto(event) }),
  };
}

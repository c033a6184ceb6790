import { ApiProperty } from '@nestjs/swagger';
import { REASON } from '#fields';
import {
  LAG_COUNTED,
  PARKED_STATES,
  type ParkedEvent,
  type ParkedState,
  PROJECTION_STATES,
  PROJECTIONS,
  type ProjectionReport,
  type ProjectionState,
  REBUILD_STATES,
  type RebuildState,
  type Unparking,
} from '#read-models';
import { pageDto } from '../paging/page.js';
import { PageQuery } from '../paging/page-query.js';
import { ChoicesParameter } from '../validation/parameter.fields.js';
import { Identifier, Text } from '../validation/text.fields.js';

const NAMES = PROJECTIONS.map(({ name }) => name);

export class ParkedQuery extends PageQuery {
  @ChoicesParameter(NAMES, { optional: true, description: 'Of these projections only.' })
  projection?: string[];

  @ChoicesParameter(PARKED_STATES, { optional: true, enumName: 'ParkedState' })
  state?: ParkedState[];
}

export class ParkedPath {
  @Identifier({ description: 'The id of the parked event, not of the event itself.' })
  parkedId!: string;
}

export class DropParkedRequest {
  @Text({ ...REASON, description: 'Why: it stands in the record for good.', example: 'Shown by hand on the board.' })
  reason!: string;
}

export class ProjectionPath {
  @Text({
    max: 60,
    pattern: /^[a-z]+(-[a-z]+)*$/,
    form: 'Must be lower-case words joined by dashes.',
    example: 'claim',
  })
  projection!: string;
}

export class RebuildDto {
  @ApiProperty({
    enum: REBUILD_STATES,
    enumName: 'RebuildState',
    description: 'interrupted: a projector goes on with it. failed: it would fail again.',
    example: 'running',
  })
  state!: RebuildState;

  @ApiProperty({ description: 'That is being built.', example: 2 })
  version!: number;

  @ApiProperty({ example: 412_000 })
  eventsDone!: number;

  @ApiProperty({ description: '0 before the first batch.', example: 1_000_000 })
  eventsTotal!: number;

  @ApiProperty({ type: Number, nullable: true, example: 24_500.5 })
  eventsPerSecond!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'About; null: not known, or it does not run.',
    example: 24,
  })
  secondsLeft!: number | null;

  @ApiProperty({ example: 'key:0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' })
  requestedBy!: string;

  @ApiProperty({ example: 'Night desk' })
  requestedByName!: string;

  @ApiProperty({ format: 'date-time' })
  startedAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why it failed.' })
  error!: string | null;
}

export class ProjectionErrorDto {
  @ApiProperty({ example: 'error: relation "read_models.claim" does not exist' })
  message!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Of the first event that it has not applied.' })
  position!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  eventId!: string | null;

  @ApiProperty({ example: 3 })
  attempts!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  at!: string | null;
}

export class ProjectionDto {
  @ApiProperty({ example: 'thread-board' })
  projection!: string;

  @ApiProperty({ description: 'Of the tables that are served.', example: 1 })
  version!: number;

  @ApiProperty({
    enum: PROJECTION_STATES,
    enumName: 'ProjectionState',
    description: 'stopped: it cannot go on, and tries again from time to time.',
    example: 'current',
  })
  state!: ProjectionState;

  @ApiProperty({ description: 'How far it has come in the log; -1: it has nothing yet.', example: '1042' })
  position!: string;

  @ApiProperty({ description: `Events that it has still to go through; ${LAG_COUNTED}: so many or more.`, example: 0 })
  lag!: number;

  @ApiProperty({ example: '1043' })
  eventsApplied!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Over the last seconds of work.', example: 812.5 })
  eventsPerSecond!: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  updatedAt!: string | null;

  @ApiProperty({ type: ProjectionErrorDto, nullable: true, description: 'Why it is stopped.' })
  error!: ProjectionErrorDto | null;

  @ApiProperty({ description: 'Events that it could not apply.', example: 0 })
  parked!: number;

  @ApiProperty({ description: 'Events that wait behind one of their stream that is parked.', example: 0 })
  waiting!: number;

  @ApiProperty({ description: 'Events that an administrator dropped.', example: 0 })
  dropped!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The projector process that runs it, by host, process id and a random part; null: none does now.',
    example: 'projector-1:4711:9f3c2a10',
  })
  leaseOwner!: string | null;

  @ApiProperty({ type: RebuildDto, nullable: true, description: 'Asked for, under way or failed; null: none.' })
  rebuild!: RebuildDto | null;
}

export class ProjectionsDto {
  @ApiProperty({ description: 'Position of the last event in the log; -1: it is empty.', example: '1042' })
  head!: string;

  @ApiProperty({ type: [ProjectionDto] })
  projections!: ProjectionDto[];
}

export class DroppedDto {
  @ApiProperty({ example: 'key:0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' })
  actorId!: string;

  @ApiProperty({ example: 'Night desk' })
  actorName!: string;

  @ApiProperty({ example: 'Shown by hand on the board.' })
  reason!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

export class ParkedEventDto {
  @ApiProperty({ format: 'uuid', description: 'Names it in the routes; a rebuild keeps it.' })
  parkedId!: string;

  @ApiProperty({ example: 'claim' })
  projection!: string;

  @ApiProperty({
    enum: PARKED_STATES,
    enumName: 'ParkedState',
    description: 'parked: it could not be applied. waiting: behind one of its stream. dropped: gone without for good.',
    example: 'parked',
  })
  state!: ParkedState;

  @ApiProperty({ format: 'uuid' })
  eventId!: string;

  @ApiProperty({ example: 'ClaimReported' })
  eventType!: string;

  @ApiProperty({ example: 'thread-0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' })
  stream!: string;

  @ApiProperty({ example: '7' })
  revision!: string;

  @ApiProperty({ example: '1042' })
  position!: string;

  @ApiProperty({ type: String, nullable: true, description: 'What the last attempt threw; null: never tried.' })
  message!: string | null;

  @ApiProperty({ type: String, nullable: true })
  stack!: string | null;

  @ApiProperty({ example: 1 })
  attempts!: number;

  @ApiProperty({ format: 'date-time', description: 'When it was parked, or began to wait.' })
  firstAt!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was last tried.' })
  lastAt!: string;

  @ApiProperty({ type: DroppedDto, nullable: true })
  dropped!: DroppedDto | null;
}

export class ParkedEventPageDto extends pageDto(ParkedEventDto) {}

export class UnparkingDto {
  @ApiProperty({ description: 'Events applied now: the one, and those that waited behind it.', example: 4 })
  applied!: number;

  @ApiProperty({
    type: ParkedEventDto,
    nullable: true,
    description: 'What the stream has come to a stand at now; null: nothing of it is held any more.',
  })
  parked!: ParkedEventDto | null;
}

export function projectionDto(report: ProjectionReport): ProjectionDto {
  const { projection, version, state, lag, eventsPerSecond, updatedAt, parked, waiting, dropped, leaseOwner, rebuild } =
    report;
  const { error, errorPosition, errorEventId, errorAttempts, errorAt } = report;
  return {
    projection,
    version,
    state,
    position: report.position.toString(),
    lag,
    eventsApplied: report.eventsApplied.toString(),
    eventsPerSecond,
    updatedAt,
    error:
      error === null
        ? null
        : {
            message: error,
            position: errorPosition?.toString() ?? null,
            eventId: errorEventId,
            attempts: errorAttempts,
            at: errorAt,
          },
    parked,
    waiting,
    dropped,
    leaseOwner,
    rebuild,
  };
}

export function parkedEventDto({ dropped, revision, position, ...event }: ParkedEvent): ParkedEventDto {
  return {
    ...event,
    revision: revision.toString(),
    position: position.toString(),
    dropped:
      dropped === null
        ? null
        : { actorId: dropped.by.id, actorName: dropped.by.name, reason: dropped.reason, at: dropped.at },
  };
}

export function unparkingDto({ applied, parked }: Unparking): UnparkingDto {
  return { applied, parked: parked === null ? null : parkedEventDto(parked) };
}

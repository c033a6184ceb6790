import { Controller, Get, Res } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.js';
import { ReadinessCheck } from './readiness.js';

export class LivenessDto {
  @ApiProperty({ example: true })
  alive!: boolean;
}

export class PartHealthDto {
  @ApiProperty({ example: true })
  ok!: boolean;

  @ApiPropertyOptional({ description: 'What is the matter.' })
  detail?: string;
}

export class EventStoreHealthDto extends PartHealthDto {
  @ApiProperty({ type: String, nullable: true, description: 'The last position in the log.', example: '1042' })
  head!: string | null;
}

export class ProjectionHealthDto extends PartHealthDto {
  @ApiProperty({ example: 'thread-board' })
  projection!: string;

  @ApiProperty({ example: '1042' })
  position!: string;
}

export class ReadinessDto {
  @ApiProperty({ example: true })
  ready!: boolean;

  @ApiProperty({ description: 'Shutting down: takes no new requests.', example: false })
  draining!: boolean;

  @ApiProperty({ type: PartHealthDto })
  database!: PartHealthDto;

  @ApiProperty({ type: EventStoreHealthDto })
  eventStore!: EventStoreHealthDto;

  @ApiProperty({ type: [ProjectionHealthDto] })
  projections!: ProjectionHealthDto[];
}

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: ReadinessCheck) {}

  @Get('live')
  @Public()
  @ApiOperation({ summary: 'The process runs' })
  @ApiOkResponse({ type: LivenessDto })
  live(): LivenessDto {
    return { alive: true };
  }

  @Get('ready')
  @Public()
  @ApiOperation({ summary: 'The process can serve: database, event store and read models' })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'It cannot: the same, with what is not well.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    const readiness = await this.readiness.check();
    if (!readiness.ready) reply.status(503);
    return { ...readiness, projections: [...readiness.projections] };
  }
}

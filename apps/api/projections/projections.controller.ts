import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, EventStore } from '#event-store';
import {
  ParkedEvents,
  PROJECTIONS,
  type ProjectionOverview,
  projectionOverview,
  ReadModelQueries,
  Rebuilds,
} from '#read-models';
import { Requires } from '../auth/access.js';
import { CurrentActor } from '../auth/current-actor.js';
import { type PageOf, pageOf } from '../paging/page.js';
import { pageRequest } from '../paging/page-query.js';
import { ApiError } from '../problems/api-error.js';
import {
  DropParkedRequest,
  ParkedEventDto,
  ParkedEventPageDto,
  ParkedPath,
  ParkedQuery,
  ProjectionDto,
  ProjectionPath,
  ProjectionsDto,
  parkedEventDto,
  projectionDto,
  UnparkingDto,
  unparkingDto,
} from './projections.dto.js';

@ApiTags('Projections')
@Controller('v1/projections')
export class ProjectionsController {
  constructor(
    private readonly store: EventStore,
    private readonly queries: ReadModelQueries,
    private readonly rebuilds: Rebuilds,
    private readonly parked: ParkedEvents,
  ) {}

  @Get()
  @Requires('admin')
  @ApiOperation({ summary: 'Where each read model is' })
  @ApiOkResponse({ type: ProjectionsDto })
  async list(): Promise<ProjectionsDto> {
    const { head, projections } = await this.overview();
    return { head: head.toString(), projections: projections.map(projectionDto) };
  }

  @Post(':projection/rebuild')
  @Requires('admin')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Compute a read model anew from the log',
    description:
      'A projector carries it out, beside the old tables, which are served until they are swapped. GET the projections to follow it. Who asked is recorded.',
  })
  @ApiAcceptedResponse({ type: ProjectionDto })
  async rebuild(@Param() { projection: name }: ProjectionPath, @CurrentActor() actor: Actor): Promise<ProjectionDto> {
    const projection = PROJECTIONS.find((candidate) => candidate.name === name);
    if (projection === undefined) throw unknownProjection(name);
    await this.rebuilds.request(projection, actor);
    const report = (await this.overview()).projections.find((one) => one.projection === name);
    if (report === undefined) throw unknownProjection(name);
    return projectionDto(report);
  }

  private overview(): Promise<ProjectionOverview> {
    const { store, queries, rebuilds } = this;
    return projectionOverview({ store, queries, rebuilds });
  }

  @Get('parked')
  @Requires('admin')
  @ApiOperation({
    summary: 'List the events that read models could not apply',
    description: 'In the order of the log, with those that wait behind them and those that were dropped.',
  })
  @ApiOkResponse({ type: ParkedEventPageDto })
  async listParked(@Query() query: ParkedQuery): Promise<PageOf<ParkedEventDto>> {
    const { projection, state } = query;
    const filter = { ...(projection !== undefined && { projection }), ...(state !== undefined && { state }) };
    return pageOf(await this.parked.list(filter, pageRequest(query)), parkedEventDto);
  }

  @Get('parked/:parkedId')
  @Requires('admin')
  @ApiOperation({ summary: 'One parked event' })
  @ApiOkResponse({ type: ParkedEventDto })
  async getParked(@Param() { parkedId }: ParkedPath): Promise<ParkedEventDto> {
    return parkedEventDto(await this.parked.get(parkedId));
  }

  @Post('parked/:parkedId/retry')
  @Requires('admin')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Try a parked event again',
    description: 'When it can be applied now, those that wait behind it are applied too. Who tried is recorded.',
  })
  @ApiOkResponse({ type: UnparkingDto })
  async retry(@Param() { parkedId }: ParkedPath, @CurrentActor() actor: Actor): Promise<UnparkingDto> {
    return unparkingDto(await this.parked.retry(parkedId, actor));
  }

  @Post('parked/:parkedId/drop')
  @Requires('admin')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Let a read model go without a parked event',
    description:
      'Those that wait behind it are applied. The event stays in the log, and a rebuild tries it once more. Who dropped it, and why, is recorded.',
  })
  @ApiOkResponse({ type: UnparkingDto })
  async drop(
    @Param() { parkedId }: ParkedPath,
    @Body() { reason }: DropParkedRequest,
    @CurrentActor() actor: Actor,
  ): Promise<UnparkingDto> {
    return unparkingDto(await this.parked.drop(parkedId, actor, reason));
  }
}

function unknownProjection(name: string): ApiError {
  return new ApiError('projection_not_found', `No read model is called ${name}. GET /v1/projections lists them.`);
}

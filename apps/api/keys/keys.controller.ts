import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '#event-store';
import { ApiKeys } from '#operations';
import { Requires } from '../auth/access.js';
import { CurrentActor } from '../auth/current-actor.js';
import { CommandId } from '../idempotency/command-id.js';
import { KeepAnswer } from '../idempotency/keep-answer.js';
import { type PageOf, pageOf } from '../paging/page.js';
import { PageQuery, pageRequest } from '../paging/page-query.js';
import { ApiError } from '../problems/api-error.js';
import { CreatedKeyDto, CreateKeyDto, KeyDto, KeyPageDto, KeyPath, keyDto } from './keys.dto.js';

@ApiTags('API keys')
@Controller('v1/keys')
export class KeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @Requires('admin')
  @KeepAnswer((body: CreatedKeyDto): CreatedKeyDto => ({ ...body, secret: null }))
  @ApiOperation({ summary: 'Make an API key; its secret is shown in this answer only' })
  @ApiCreatedResponse({ type: CreatedKeyDto })
  async create(
    @Body() { name, role, expiresAt }: CreateKeyDto,
    @CurrentActor() actor: Actor,
    @CommandId() commandId: string,
  ): Promise<CreatedKeyDto> {
    const { key, secret } = await this.keys.create({
      keyId: commandId,
      name,
      role,
      createdBy: actor.id,
      createdByName: actor.name,
      expiresAt: expiresAt == null ? null : new Date(expiresAt),
    });
    return { ...keyDto(key), secret };
  }

  @Get()
  @Requires('admin')
  @ApiOperation({ summary: 'List the API keys, revoked ones too, the newest first' })
  @ApiOkResponse({ type: KeyPageDto })
  async list(@Query() query: PageQuery): Promise<PageOf<KeyDto>> {
    return pageOf(await this.keys.list(pageRequest(query)), keyDto);
  }

  @Delete(':keyId')
  @Requires('admin')
  @ApiOperation({ summary: 'Revoke an API key, for good' })
  @ApiOkResponse({ type: KeyDto })
  async revoke(@Param() { keyId }: KeyPath, @CurrentActor() actor: Actor): Promise<KeyDto> {
    const key = await this.keys.revoke(keyId, actor);
    if (key === null) throw new ApiError('key_not_found', `No API key has the id ${keyId}. GET /v1/keys lists them.`);
    return keyDto(key);
  }
}

import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '#application';
import type { Actor } from '#event-store';
import { SourceIdentities } from '#operations';
import { Requires } from '../auth/access.js';
import { CurrentActor } from '../auth/current-actor.js';
import { WithEntityTag } from '../preconditions/entity-tag.js';
import { IfMatchHeader } from '../preconditions/expected-revision.js';
import { Command } from '../threads/command-context.js';
import { EraseIdentityRequest, SealedIdentityDto, SealSourceRequest } from './identities.dto.js';
import { SourcePath, SourceReceiptDto, sourceReceiptDto } from './sources.dto.js';

@ApiTags('Sources')
@Controller('v1/sources/:source')
export class IdentitiesController {
  constructor(private readonly identities: SourceIdentities) {}

  @Post('seal')
  @HttpCode(200)
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({
    summary: 'Seal a source: only its label is shown, and its identity is kept encrypted beside the log',
    description:
      'The log gets a salted commitment to the identity. A name that was registered before stays in the log: register ' +
      'an unnamed source under its label from the start.',
  })
  @ApiOkResponse({ type: SourceReceiptDto })
  async seal(
    @Param() { source }: SourcePath,
    @Body() { label, identity, reason }: SealSourceRequest,
    @Command() context: CommandContext,
  ): Promise<SourceReceiptDto> {
    return sourceReceiptDto(await this.identities.seal(source, { label, identity, reason }, context));
  }

  @Get('identity')
  @Requires('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Who stands behind a sealed source; each reading is noted in the access log' })
  @ApiOkResponse({ type: SealedIdentityDto })
  async read(@Param() { source }: SourcePath, @CurrentActor() actor: Actor): Promise<SealedIdentityDto> {
    const { sourceId, identity, salt, commitment, sealedBy, sealedAt } = await this.identities.read(source, actor);
    return { sourceId, identity, salt, commitment, sealedBy, sealedAt: sealedAt.toISOString() };
  }

  @Post('identity/erase')
  @HttpCode(200)
  @Requires('admin')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Erase the identity of a sealed source, for good; events and proofs stay as they are' })
  @ApiOkResponse({ type: SourceReceiptDto })
  async erase(
    @Param() { source }: SourcePath,
    @Body() { reason }: EraseIdentityRequest,
    @Command() context: CommandContext,
  ): Promise<SourceReceiptDto> {
    return sourceReceiptDto(await this.identities.erase(source, reason, context));
  }
}

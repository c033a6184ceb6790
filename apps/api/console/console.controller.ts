import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.js';
import { ApiError } from '../problems/api-error.js';
import { Text } from '../validation/text.fields.js';
import { ConsoleFiles } from './console-files.js';

export class AssetPath {
  @Text({ max: 120, pattern: /^[\w-]+\.[\w.-]+$/ })
  file!: string;
}

const PAGES = [
  '',
  'sign-in',
  'new',
  'threads/:thread',
  'sources',
  'sources/:source',
  'reports',
  'operations',
  'operations/:part',
  'operations/imports/:batch',
];

/** The pages that the console has; what they show they ask of the API, which asks who wants to know. */
@ApiExcludeController()
@Controller()
export class ConsoleController {
  constructor(private readonly files: ConsoleFiles) {}

  @Get(PAGES)
  @Public()
  async page(@Res() reply: FastifyReply): Promise<void> {
    await this.files.sendPage(reply);
  }

  @Get('assets/:file')
  @Public()
  async asset(@Param() { file }: AssetPath, @Res() reply: FastifyReply): Promise<void> {
    if (!this.files.has(`assets/${file}`)) throw new ApiError('route_not_found', 'The console has no such file.');
    await this.files.sendAsset(reply, file);
  }
}

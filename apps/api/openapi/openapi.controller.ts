import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.js';
import { ApiError } from '../problems/api-error.js';
import { Text } from '../validation/text.fields.js';
import { OpenApiDocument } from './openapi-document.js';
import { REFERENCE_PAGE, REFERENCE_POLICY, REFERENCE_SCRIPT } from './reference-page.js';

/** The page's files, from the package that @nestjs/swagger brings: nothing is fetched from elsewhere. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};
const A_DAY = 'public, max-age=86400';

export class AssetPath {
  @Text({ max: 60 })
  file!: string;
}

@ApiExcludeController()
@Controller()
export class OpenApiController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  @Public()
  openApi(): OpenAPIObject {
    return this.document.get();
  }

  @Get('docs')
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', REFERENCE_POLICY)
  page(): string {
    return REFERENCE_PAGE;
  }

  @Get('docs/:file')
  @Public()
  async asset(@Param() { file }: AssetPath, @Res({ passthrough: true }) reply: FastifyReply): Promise<string | Buffer> {
    if (file === 'reference.js') {
      reply.type('text/javascript; charset=utf-8');
      return REFERENCE_SCRIPT;
    }
    const type = Object.hasOwn(ASSETS, file) ? ASSETS[file] : undefined;
    if (type === undefined) throw new ApiError('route_not_found', 'The reference page has no such file.');
    reply.type(type).header('cache-control', A_DAY);
    return readFile(join(assetFolder(), file));
  }
}

function assetFolder(): string {
  const swagger = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
  return dirname(swagger.resolve('swagger-ui-dist/package.json'));
}

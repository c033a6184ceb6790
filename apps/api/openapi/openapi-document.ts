import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemDto, ProblemErrorDto } from '../problems/problem-details.js';
import { addProblemResponses } from './problem-responses.js';

/** The description of the API, built from its controllers when it is first asked for. */
export class OpenApiDocument {
  private built: OpenAPIObject | null = null;
  private app: INestApplication | null = null;

  describe(app: INestApplication): void {
    this.app = app;
  }

  get(): OpenAPIObject {
    if (this.app === null) throw new Error('The OpenAPI document describes no application yet.');
    this.built ??= buildDocument(this.app);
    return this.built;
  }
}

function buildDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Storyledger')
    .setVersion('1')
    .setDescription(
      'Who said what, through whom, when, and what it adds up to. Errors are RFC 9457 problem details; ' +
        'writes take an Idempotency-Key, and If-Match with the ETag of what was decided on.',
    )
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'sl_...', description: 'An API key.' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    extraModels: [ProblemDto, ProblemErrorDto],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`,
  });
  return addProblemResponses(document);
}

import type { Type as Class } from '@nestjs/common';
import { HealthController } from './health/health.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { ProblemsController } from './problems/problems.controller.js';

/** Everything that the API serves. */
export const API_CONTROLLERS: readonly Class<unknown>[] = [
  KeysController,
  ProblemsController,
  HealthController,
  OpenApiController,
];

import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import { ApiHeader, ApiQuery } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Position } from '#event-store';
import { ReadModelWaiter } from '#read-models';
import { foundOnce, type Handler } from '../http/handler-facts.js';
import { ApiError } from '../problems/api-error.js';

const WAITS = 'storyledger:waits-for-position';
const WAIT_MS = 2_000;
const POSITION = /^\d{1,39}$/;
const MEANING = 'The position that a write answered with: the read waits until it shows that write (503 after 2 s).';

/** Read your writes: the handler reads read models, and a caller may say how far they must have come. */
export function WaitsForPosition(): MethodDecorator {
  return applyDecorators(
    SetMetadata(WAITS, true),
    ApiQuery({
      name: 'after',
      required: false,
      schema: { type: 'string', pattern: POSITION.source },
      description: MEANING,
    }),
    ApiHeader({ name: 'X-After-Position', required: false, description: MEANING }),
  );
}

const waits = foundOnce((handler) => Reflect.getMetadata(WAITS, handler) === true);

@Injectable()
export class PositionStep {
  constructor(private readonly waiter: ReadModelWaiter) {}

  /** Null: there is nothing to wait for. */
  wait(request: FastifyRequest, handler: Handler): Promise<void> | null {
    if (!waits(handler)) return null;
    const position = takePosition(request);
    return position === null ? null : this.waitFor(position);
  }

  private async waitFor(position: Position): Promise<void> {
    if (!(await this.waiter.waitFor(position, WAIT_MS))) {
      throw new ApiError('read_model_behind', `The read models have not come to position ${position} yet.`);
    }
    if (await this.waiter.isHeld(position)) {
      throw new ApiError('read_model_parked', `A read model has gone past position ${position} without applying it.`);
    }
  }
}

/** Takes `after` out of the query, where the handler's DTO does not know it. */
function takePosition(request: FastifyRequest): Position | null {
  const query = request.query as Record<string, unknown>;
  const { after, ...rest } = query;
  if (after !== undefined) request.query = rest;
  const asked = after ?? request.headers['x-after-position'];
  if (asked === undefined) return null;
  if (typeof asked === 'string' && POSITION.test(asked)) return BigInt(asked);
  const detail = 'Must be a position that a write answered with.';
  if (after === undefined) throw new ApiError('invalid_header', `X-After-Position: ${detail}`);
  throw new ApiError('invalid_request', 'One parameter is wrong.', {
    errors: [{ parameter: 'after', code: 'position', detail }],
  });
}

import { type Type as Class, Injectable } from '@nestjs/common';
import { PARAMTYPES_METADATA, ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { foundOnce, type Handler } from '../http/handler-facts.js';
import { ApiError } from '../problems/api-error.js';
import { dtoReader } from './dto-reader.js';
import { fieldErrors } from './field-errors.js';
import { assertPlainJson } from './json-shape.js';

/** A part of a request that a handler takes, and the class that it is read into. */
interface Part {
  readonly name: 'body' | 'query' | 'params';
  readonly dto: Class<unknown>;
}

/**
 * Reads bodies, queries and path parameters into the DTOs that their handler takes, or refuses them with everything that is
 * wrong at once. They lie on the request then, where Nest finds them.
 */
@Injectable()
export class RequestValidation {
  /** Null: all was read, and there is nothing to wait for. */
  read(request: FastifyRequest, controller: Class<unknown>, handler: Handler): Promise<void> | null {
    return readParts(request, partsTaken(handler, controller));
  }
}

function readParts(request: FastifyRequest, parts: readonly Part[]): Promise<void> | null {
  for (const [at, { name, dto }] of parts.entries()) {
    const read = readAs(dto, request[name], name === 'body' ? 'body' : 'parameter');
    if (read instanceof Promise) {
      return read.then(async (judged) => {
        request[name] = judged;
        await readParts(request, parts.slice(at + 1));
      });
    }
    request[name] = read;
  }
  return null;
}

const PARTS: Readonly<Record<string, Part['name']>> = {
  [RouteParamtypes.BODY]: 'body',
  [RouteParamtypes.QUERY]: 'query',
  [RouteParamtypes.PARAM]: 'params',
};
const NATIVE = new Set<unknown>([undefined, String, Number, Boolean, Array, Object]);

/**
 * In the order in which the handler takes them.
 * @throws Error where a handler takes one as it came
 */
export function partsOf(controller: Class<unknown>, { name: handler }: Handler): readonly Part[] {
  const types = (Reflect.getMetadata(PARAMTYPES_METADATA, controller.prototype as object, handler) ?? []) as Class[];
  const taken = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Taken;
  return Object.entries(taken)
    .sort(([, one], [, other]) => one.index - other.index)
    .flatMap(([key, { index, data }]) => {
      const name = PARTS[key.split(':', 1)[0] ?? ''];
      if (name === undefined) return [];
      const dto = types[index];
      if (dto === undefined || NATIVE.has(dto) || data !== undefined) {
        throw new Error(`${controller.name}.${handler} takes ${name} without a DTO class, and so unchecked.`);
      }
      return [{ name, dto }];
    });
}

const partsTaken = foundOnce((handler, controller: Class<unknown>) => partsOf(controller, handler));

/** What Nest notes of the parameters of a handler, by their kind. */
type Taken = Readonly<Record<string, { readonly index: number; readonly data: unknown }>>;

/**
 * What is valid, which is nearly everything, Ajv takes, at a tenth of what class-validator costs; what Ajv does not take,
 * class-validator judges, and says what is wrong with it. A test holds the two to the same judgement.
 */
export function readAs(dto: Class<unknown>, value: unknown, place: 'body' | 'parameter'): object | Promise<object> {
  return dtoReader(dto)(value) ?? judge(value, dto, place);
}

/** What class-validator makes of it, which takes nothing that Ajv has refused. */
export async function judge(value: unknown, dto: Class<unknown>, place: 'body' | 'parameter'): Promise<object> {
  if (place === 'body') assertBody(value);
  assertPlainJson(value);
  // A query object has no prototype, which class-transformer does not expect.
  const read = plainToInstance(dto, { ...(value as object) }) as object;
  const errors = await validate(read, {
    whitelist: true,
    forbidNonWhitelisted: true,
    // A DTO without fields takes none.
    forbidUnknownValues: false,
    stopAtFirstError: true,
  });
  if (errors.length > 0) throw invalid(fieldErrors(errors, place), place);
  return read;
}

function assertBody(value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  const detail = value === undefined ? 'A JSON body is required.' : 'The body must be a JSON object.';
  throw new ApiError('invalid_request', detail, {
    errors: [{ pointer: '', code: 'type', detail: 'Must be an object.' }],
  });
}

function invalid(errors: ReturnType<typeof fieldErrors>, place: 'body' | 'parameter'): ApiError {
  const what = place === 'body' ? 'field' : 'parameter';
  const detail = errors.length === 1 ? `One ${what} is wrong.` : `${errors.length} ${what}s are wrong.`;
  return new ApiError('invalid_request', detail, { errors });
}

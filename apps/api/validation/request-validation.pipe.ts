import { type ArgumentMetadata, type Type as Class, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { ApiError } from '../problems/api-error.js';
import { dtoReader } from './dto-reader.js';
import { fieldErrors } from './field-errors.js';
import { assertPlainJson } from './json-shape.js';

/**
 * Reads bodies, queries and path parameters into their DTOs, or refuses them with everything that is wrong at once.
 *
 * What is valid, which is nearly everything, Ajv takes, at a tenth of what class-validator costs; what Ajv does not take,
 * class-validator judges, and says what is wrong with it. A test holds the two to the same judgement.
 */
@Injectable()
export class RequestValidation implements PipeTransform {
  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom') return value;
    if (metatype === undefined || NATIVE.has(metatype)) {
      throw new Error(`A ${type} reaches a handler without a DTO class, and so unchecked.`);
    }
    return dtoReader(metatype)(value) ?? judge(value, metatype, type === 'body' ? 'body' : 'parameter');
  }
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

const NATIVE = new Set<unknown>([String, Number, Boolean, Array, Object]);

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

import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { ApiError } from '../problems/api-error.js';
import { fieldErrors } from './field-errors.js';
import { assertPlainJson } from './json-shape.js';

/** Reads bodies, queries and path parameters into their DTOs, or refuses them with everything that is wrong at once. */
@Injectable()
export class RequestValidation implements PipeTransform {
  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom') return value;
    if (metatype === undefined || NATIVE.has(metatype)) {
      throw new Error(`A ${type} reaches a handler without a DTO class, and so unchecked.`);
    }
    const place = type === 'body' ? 'body' : 'parameter';
    if (type === 'body') assertBody(value);
    assertPlainJson(value);
    // A query object has no prototype, which class-transformer does not expect.
    const read = plainToInstance(metatype, { ...(value as object) });
    const errors = await validate(read as object, {
      whitelist: true,
      forbidNonWhitelisted: true,
      // A DTO without fields takes none.
      forbidUnknownValues: false,
      stopAtFirstError: true,
    });
    if (errors.length > 0) throw invalid(fieldErrors(errors, place), place);
    return read;
  }
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

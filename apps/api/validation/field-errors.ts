import type { ValidationError } from 'class-validator';
import type { Fault } from '#fields';
import type { FieldError } from '../problems/api-error.js';
import { FAULTS } from './field.js';
import { escapePointer } from './json-shape.js';

/** What more is wrong is not worth listing, and a request must not be able to make a huge answer. */
const MOST_ERRORS = 100;

/** class-validator's tree as a list: body fields by JSON pointer, parameters by name. */
export function fieldErrors(errors: readonly ValidationError[], place: 'body' | 'parameter'): readonly FieldError[] {
  return errors
    .flatMap((error) => flatten(error, ''))
    .slice(0, MOST_ERRORS)
    .map(({ pointer, code, detail }) =>
      place === 'body' ? { pointer, code, detail } : { parameter: parameterName(pointer), code, detail },
    );
}

function flatten(error: ValidationError, parent: string): readonly { pointer: string; code: string; detail: string }[] {
  const pointer = `${parent}/${escapePointer(error.property)}`;
  const own = Object.entries(error.constraints ?? {}).flatMap(([constraint, message]) =>
    faultsOf(constraint, message).map(({ at = '', code, detail }) => ({ pointer: pointer + at, code, detail })),
  );
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, pointer))];
}

function faultsOf(constraint: string, message: string): readonly Fault[] {
  if (constraint === FAULTS) return JSON.parse(message) as Fault[];
  if (constraint === 'whitelistValidation') return [{ code: 'unknown_field', detail: 'Is not a field here.' }];
  // A decorator of class-validator used as it is.
  return [{ code: constraint, detail: message }];
}

function parameterName(pointer: string): string {
  return (pointer.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}

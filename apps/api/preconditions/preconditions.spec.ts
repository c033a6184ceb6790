import { describe, expect, it } from 'vitest';
import { ApiError } from '../problems/api-error.js';
import { etagOf, matchesAny } from './entity-tag.js';
import { readIfMatch } from './expected-revision.js';

const outcome = (header: string | undefined, required = false): unknown => {
  try {
    return readIfMatch(header, required);
  } catch (error) {
    return error instanceof ApiError ? error.code : error;
  }
};

describe('If-Match', () => {
  it.each([
    ['"0"', 0n],
    ['"12"', 12n],
    [' "12" ', 12n],
    ['*', undefined],
    [undefined, undefined],
    ['12', 'invalid_header'],
    ['"12", "13"', 'invalid_header'],
    ['"12', 'invalid_header'],
    ['W/"12"', 'precondition_failed'],
    ['"abc"', 'precondition_failed'],
    ['"012"', 'precondition_failed'],
    ['"-1"', 'precondition_failed'],
    [`"${'9'.repeat(30)}"`, 'precondition_failed'],
  ])('reads %j as %s', (header, read) => {
    expect(outcome(header)).toBe(read);
  });

  it('is asked for where it is required', () => {
    expect(outcome(undefined, true)).toBe('precondition_required');
    expect(outcome('*', true)).toBeUndefined();
  });
});

describe('If-None-Match', () => {
  it.each([
    ['"3"', true],
    ['W/"3"', true],
    ['"1", "3"', true],
    ['*', true],
    ['"33"', false],
    ['3', false],
    ['', false],
  ])('%s finds revision 3: %s', (header, found) => {
    expect(matchesAny(header, etagOf(3n))).toBe(found);
  });
});

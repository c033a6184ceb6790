import { describe, expect, it } from 'vitest';
import { spanText } from './span.js';

describe('a span of time', () => {
  it.each([
    [null, '–'],
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3_599, '59 min'],
    [5_400, '1 h 30 min'],
    [86_400, '1 d'],
    [187_200, '2 d 4 h'],
  ])('of %j seconds reads %j', (seconds, text) => {
    expect(spanText(seconds)).toBe(text);
  });
});

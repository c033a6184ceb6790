import { describe, expect, it } from 'vitest';
import { spanText } from '../../moments/span.js';
import { spanTicks } from './span-ticks.js';

describe('the marks of an axis of durations', () => {
  it.each([
    [0, ['0 s', '1 min']],
    [250, ['0 s', '1 min', '2 min', '3 min', '4 min', '5 min']],
    [50_400, ['0 s', '3 h', '6 h', '9 h', '12 h', '15 h']],
    [313_200, ['0 s', '1 d', '2 d', '3 d', '4 d']],
  ])('up to %i seconds are %j', (longest, texts) => {
    expect(spanTicks(longest).map(spanText)).toEqual(texts);
  });

  it('hold the longest, and are few', () => {
    for (const longest of [1, 59, 61, 3_601, 86_401, 10 ** 7, 10 ** 8]) {
      const ticks = spanTicks(longest);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(longest);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });
});

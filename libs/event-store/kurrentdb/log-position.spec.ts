import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEFORE_FIRST } from '../event-store.js';
import { positionOf, readFrom } from './log-position.js';

describe('a position of KurrentDB', () => {
  const place = fc
    .tuple(fc.bigInt(1n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n))
    .map(([commit, back]) => ({ commit, prepare: back > commit ? commit : commit - back }));

  it('is read from where it came, in at most 39 digits', () => {
    fc.assert(
      fc.property(place, (at) => {
        const position = positionOf(at);
        expect(readFrom(position)).toEqual(at);
        expect(position.toString()).toMatch(/^\d{1,39}$/);
      }),
    );
  });

  it('is ordered as KurrentDB orders: by commit, then by prepare', () => {
    fc.assert(
      fc.property(place, place, (one, other) => {
        const isBefore = one.commit < other.commit || (one.commit === other.commit && one.prepare < other.prepare);
        expect(positionOf(one) < positionOf(other)).toBe(isBefore);
        expect(positionOf(one) > BEFORE_FIRST).toBe(true);
      }),
    );
  });

  it.each([0n, 1n, 4711n, 2n ** 63n - 1n])('is not %d, which PostgreSQL gives', (position) => {
    expect(() => readFrom(position)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InstantWriter } from './instant-writer.js';

/** The furthest time from 1970 that JavaScript knows, in milliseconds. */
const FURTHEST = 8.64e15;

describe('times are written', () => {
  it('as the engine writes them, whatever was written before', () => {
    const time = fc.oneof(
      fc.integer({ min: -FURTHEST, max: FURTHEST }),
      fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 0, 3) }),
    );
    fc.assert(
      fc.property(fc.array(time), (times) => {
        const writer = new InstantWriter();
        expect(times.map((at) => writer.write(at))).toEqual(times.map((at) => new Date(at).toISOString()));
      }),
    );
  });

  it.each([0, -1, 1, FURTHEST, -FURTHEST, -62_135_596_800_001, 253_402_300_800_000])('at the edge %i', (time) => {
    expect(new InstantWriter().write(time)).toBe(new Date(time).toISOString());
  });

  it.each([FURTHEST + 1, -FURTHEST - 1, Number.NaN, Infinity])('never when the engine knows no time %d', (time) => {
    const writer = new InstantWriter();
    expect(writer.write(time)).toBeNull();
    expect(writer.write(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});

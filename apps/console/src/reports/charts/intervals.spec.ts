import { describe, expect, it } from 'vitest';
import { withGaps } from './intervals.js';

const daysOf = (keys: readonly (string | null)[], interval: 'day' | 'week' | 'month') =>
  withGaps(
    keys.map((key) => ({ key })),
    interval,
  )?.map(({ day, row }) => `${day}${row === null ? ' –' : ''}`);

describe('the columns of a chart', () => {
  it('keep a place for intervals without cases, in the order of time', () => {
    expect(daysOf(['2024-03-04', '2024-02-26', '2024-03-18'], 'week')).toEqual([
      '2024-02-26',
      '2024-03-04',
      '2024-03-11 –',
      '2024-03-18',
    ]);
    expect(daysOf(['2023-12-01', '2024-02-01'], 'month')).toEqual(['2023-12-01', '2024-01-01 –', '2024-02-01']);
    expect(daysOf(['2024-02-28', '2024-03-01'], 'day')).toEqual(['2024-02-28', '2024-02-29 –', '2024-03-01']);
  });

  it('are none without rows, and one for one', () => {
    expect(daysOf([], 'day')).toEqual([]);
    expect(daysOf([null], 'day')).toEqual([]);
    expect(daysOf(['2024-03-04'], 'week')).toEqual(['2024-03-04']);
  });

  it('are not drawn when there are too many of them', () => {
    expect(daysOf(['2020-01-01', '2024-01-01'], 'day')).toBeUndefined();
    expect(daysOf(['2020-01-01', '2024-01-01'], 'month')).toHaveLength(49);
  });
});

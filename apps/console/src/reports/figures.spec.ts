import { describe, expect, it } from 'vitest';
import { shareText } from './figures.js';

describe('a share', () => {
  it('reads as a percentage, and as nothing without cases', () => {
    expect([shareText(null), shareText(0.125)]).toEqual(['–', `${(12.5).toLocaleString()} %`]);
  });
});

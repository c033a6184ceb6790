import { describe, expect, it } from 'vitest';
import { pageOf } from './page.js';

describe('a page', () => {
  it('shows each row by itself: what shows it is given nothing but the row', () => {
    const shown: unknown[][] = [];
    const show = (...given: unknown[]) => shown.push(given);
    pageOf({ items: ['a', 'b'], next: null }, show);
    expect(shown).toEqual([['a'], ['b']]);
  });
});

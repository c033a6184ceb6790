import { describe, expect, it } from 'vitest';
import { changesIn, fieldsOf, textOrNull } from './draft.js';
import { fromLocalInput, nowAsInput, toLocalInput } from './local-time.js';

describe('a draft', () => {
  it('binds each field to its place in the request, also within another', () => {
    const seen: unknown[] = [];
    const value = { reason: 'why', replacement: { quote: 'old', note: '' } };
    const { replacement } = fieldsOf({ pointer: '', value, onChange: (draft) => seen.push(draft) });
    const { quote } = fieldsOf(replacement);
    expect(quote).toMatchObject({ pointer: '/replacement/quote', value: 'old' });
    quote.onChange('new');
    expect(seen).toEqual([{ reason: 'why', replacement: { quote: 'new', note: '' } }]);
    expect(value.replacement.quote).toBe('old');
  });

  it('knows which fields were changed, lists too', () => {
    const begun = { name: 'TASS', group: 'outlet:tass', standing: ['a', 'b'] };
    expect(changesIn({ ...begun, standing: ['a', 'b'] }, begun)).toEqual({});
    expect(changesIn({ ...begun, group: 'government:ru', standing: ['b', 'a'] }, begun)).toEqual({
      group: 'government:ru',
      standing: ['b', 'a'],
    });
  });

  it('takes blank text for none', () => {
    expect([textOrNull(''), textOrNull(' \n'), textOrNull(' a ')]).toEqual([null, null, ' a ']);
  });
});

describe('a moment in a form', () => {
  it.each([
    '2023-09-11T10:30:00.000Z',
    '2023-09-11T10:30:07.000Z',
    '2023-09-11T00:00:00.000Z',
    '2024-02-29T23:59:59.999Z',
  ])('%s goes in and comes out as it is', (at) => {
    expect(fromLocalInput(toLocalInput(new Date(at)))).toBe(at);
  });

  it('shows no more than it knows', () => {
    expect(toLocalInput(new Date(2023, 8, 11, 10, 30))).toBe('2023-09-11T10:30');
    expect(toLocalInput(new Date(2023, 8, 11, 10, 30, 7))).toBe('2023-09-11T10:30:07');
    expect(nowAsInput()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  });

  it('that is none is left to the API to refuse', () => {
    expect(fromLocalInput('')).toBe('');
  });
});

import { describe, expect, it } from 'vitest';
import { shippedMapping } from '../mappings/shipped-mappings.js';
import { type MappedRow, mapRow } from './map-row.js';
import { parseMapping, type RowRules, type ValueRule } from './mapping.js';

/** A row of a table whose claim statement is read by `rule`. */
function statementBy(rule: ValueRule, cells: Record<string, string>): unknown {
  const mapping = parseMapping({
    name: 'test',
    version: 1,
    description: 'Test.',
    tables: [
      {
        format: { type: 'csv' },
        row: { thread: { slug: { value: 'a-thread' } }, claim: { key: { value: 'claim' }, statement: rule } },
      },
    ],
  });
  const mapped = mapRow(rulesOf(mapping), new Map(Object.entries(cells)));
  return 'faults' in mapped ? mapped.faults : mapped.row.claim?.opening?.statement;
}

function rulesOf(mapping: ReturnType<typeof parseMapping>, table = 0): RowRules {
  const rules = mapping.tables[table]?.row;
  if (rules === undefined) throw new RangeError(`There is no table ${table}.`);
  return rules;
}

describe('a value', () => {
  it('comes from a column, a constant, a template or a condition', () => {
    expect(statementBy({ column: 'a' }, { a: ' words ' })).toBe('words');
    expect(statementBy({ value: 'always' }, {})).toBe('always');
    expect(statementBy({ template: '{a} and {b}' }, { a: 'one', b: 'two' })).toBe('one and two');
    const rule = { when: { column: 'a', in: ['x'] }, use: { value: 'yes' }, otherwise: { column: 'b' } };
    expect(statementBy(rule, { a: 'x', b: 'no' })).toBe('yes');
    expect(statementBy(rule, { a: 'y', b: 'no' })).toBe('no');
    expect(statementBy({ when: { column: 'b', present: true }, use: { value: 'yes' } }, { b: 'no' })).toBe('yes');
  });

  it('is nothing when the column is empty, absent or stands for nothing', () => {
    for (const cells of [{ a: '  ' }, { b: 'x' }, { a: 'None' }]) {
      expect(statementBy({ column: 'a', empty: ['None'] }, cells as Record<string, string>)).toBeUndefined();
    }
    expect(statementBy({ template: '{a} and {b}' }, { a: 'one' })).toBeUndefined();
  });

  it('is mapped whatever its case, and refuses the row when the mapping does not know it', () => {
    const map = { support: 'report', deny: 'deny' };
    expect(statementBy({ column: 'a', map }, { a: 'Support' })).toBe('report');
    expect(statementBy({ column: 'a', map }, { a: 'maybe' })).toEqual([
      {
        field: 'claim.statement',
        column: 'a',
        code: 'unknown_value',
        reason: '"maybe" is not a value that the mapping knows (support, deny ...).',
      },
    ]);
  });

  it('refuses the row for the reason that the mapping gives', () => {
    expect(statementBy({ column: 'a', refuse: { comment: 'It takes no side.' } }, { a: 'Comment' })).toMatchObject([
      { code: 'refused_value', reason: '"Comment": It takes no side.' },
    ]);
  });

  it.each([
    ['3 6 2020', '2020-03-06T00:00:00.000Z'],
    ['2 29 2020', '2020-02-29T00:00:00.000Z'],
  ])('reads the day %s as %s', (text, moment) => {
    expect(statementBy({ column: 'a', date: { formats: ['M d yyyy'] } }, { a: text })).toBe(moment);
  });

  it.each(['2 30 2020', '3 5 2020s', '13 1 2020', 'None', '2020-03-06'])('refuses the day %s', (text) => {
    expect(statementBy({ column: 'a', date: { formats: ['M d yyyy'] } }, { a: text })).toMatchObject([
      { code: 'date', column: 'a' },
    ]);
  });

  it('reads a day in the zone of the mapping, and refuses what lies before its first day', () => {
    const date = { formats: ['d.M.yyyy HH:mm'], zone: 'Europe/Berlin', notBefore: '2020-01-01', because: 'Too old.' };
    expect(statementBy({ column: 'a', date }, { a: '1.7.2020 12:00' })).toBe('2020-07-01T10:00:00.000Z');
    expect(statementBy({ column: 'a', date }, { a: '31.12.2019 23:59' })).toMatchObject([
      { code: 'too_early', reason: '"31.12.2019 23:59" lies before 2020-01-01. Too old.' },
    ]);
  });

  it.each([
    ['https://news.bbc.co.uk/a?b', 'bbc.co.uk'],
    ['HTTP://WWW.Tass.com', 'tass.com'],
  ])('finds the registrable domain of %s', (url, domain) => {
    expect(statementBy({ column: 'a', as: 'registrable-domain' }, { a: url })).toBe(domain);
  });

  it.each(['comment', 'https://121.41.18.194/x', 'ftp://bbc.co.uk', 'https://localhost/'])(
    'finds no registrable domain in %s',
    (url) => {
      expect(statementBy({ column: 'a', as: 'registrable-domain' }, { a: url })).toMatchObject([{ code: 'url' }]);
    },
  );

  it('is cut at a space, with an ellipsis', () => {
    expect(statementBy({ column: 'a', cut: 12 }, { a: 'one two three four' })).toBe('one two…');
    expect(statementBy({ column: 'a', cut: 12 }, { a: 'one two' })).toBe('one two');
  });

  it('that is not UTF-8 refuses the row', () => {
    expect(statementBy({ column: 'a' }, { a: 'don\uFFFDt' })).toMatchObject([{ column: 'a', code: 'encoding' }]);
  });

  it('that goes against the rules of its field refuses the row, as the API would', () => {
    expect(statementBy({ column: 'a' }, { a: 'x'.repeat(1_001) })).toEqual([
      { field: 'claim.statement', column: 'a', code: 'too_long', reason: 'Must have at most 1000 characters.' },
    ]);
  });
});

describe('the mapping attributions-table', () => {
  const rules = rulesOf(shippedMapping('attributions-table'));
  const row = (cells: Record<string, string>) => {
    const mapped = mapRow(rules, new Map(Object.entries(cells)));
    if ('faults' in mapped) throw new Error(JSON.stringify(mapped.faults));
    return mapped.row as MappedRow;
  };
  const full = {
    thread: 'kim-putin-visit',
    headline: 'Kim expected in Russia',
    desk: 'asia',
    topics: 'north-korea; russia',
    claim: 'visit',
    statement: 'Kim will visit Russia',
    source: 'kremlin',
    source_name: 'The Kremlin',
    source_kind: 'government',
    source_group: 'government:ru',
    via: 'tass;reuters',
    stance: 'confirm',
    stated_at: '2023-09-11T10:30:00Z',
    on_record: 'yes',
    tentative: '0',
  };

  it('reads a full row', () => {
    expect(row(full)).toMatchObject({
      sources: [{ key: 'kremlin', name: 'The Kremlin', kind: 'government', group: 'government:ru' }],
      thread: { slug: 'kim-putin-visit', details: { desk: 'asia', topics: ['north-korea', 'russia'], language: 'en' } },
      claim: { key: 'visit', opening: { statement: 'Kim will visit Russia', core: true } },
      attribution: {
        stance: 'confirm',
        speaker: 'kremlin',
        via: ['tass', 'reuters'],
        onRecord: true,
        tentative: false,
      },
    });
  });

  it('makes the same key of the same words, and another one of others', () => {
    const key = (cells: Record<string, string>) => row(cells).attribution?.key;
    expect(key(full)).toBe(key({ ...full, headline: 'Other words of ours' }));
    expect(key(full)).not.toBe(key({ ...full, stance: 'deny' }));
    expect(key({ ...full, key: 'wire-1' })).toBe('wire-1');
  });

  it('takes a row without a stance as a claim alone', () => {
    expect(row({ ...full, stance: '' }).attribution).toBeNull();
  });

  it('lists all that is wrong with a row', () => {
    const cells = { ...full, thread: 'Kim Visit', stance: 'maybe', stated_at: 'yesterday', source_kind: '' };
    const mapped = mapRow(rules, new Map(Object.entries(cells)));
    expect('faults' in mapped && mapped.faults.map(({ field, column, code }) => `${field} ${column} ${code}`)).toEqual([
      'sources.0.kind source_kind required',
      'thread.slug thread pattern',
      'attribution.stance stance choice',
    ]);
  });
});

describe('a mapping', () => {
  it.each([
    [{ name: 'x' }, /version:.*\n.*description:/s],
    [{ name: 'Upper Case', version: 1, description: 'd', tables: [] }, /name: Must be lower-case words/],
    [table({ thread: { slug: { colum: 'a' } } }), /tables\.0\.row\.thread\.slug: .*colum/],
    [table({ thread: { slug: { column: 'a', value: 'b' } } }), /slug: Needs exactly one of value, column, template/],
    [table({ claim: { key: { column: 'a' } } }), /row: A claim needs a thread/],
    [{ ...table({}), tables: [{ files: '(', format: { type: 'csv' }, row: {} }] }, /files: Must be a regular expr/],
  ])('%j is refused, and each wrong place is named', (mapping, message) => {
    expect(() => parseMapping(mapping)).toThrow(message);
  });

  function table(row: object) {
    return { name: 'x', version: 1, description: 'd', tables: [{ format: { type: 'csv' }, row }] };
  }
});

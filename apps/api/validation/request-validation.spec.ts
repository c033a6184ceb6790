import 'reflect-metadata';
import { Body, type Type as Class, Query } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ApiError, type FieldError } from '../problems/api-error.js';
import { Moment } from './moment.js';
import { ChoicesParameter, CountParameter, FlagParameter } from './parameter.fields.js';
import { partsOf, readAs } from './request-validation.step.js';
import { ExternalKey, Identifier, IdentifierOrKey, LanguageTag, Slug, Text, WebAddress } from './text.fields.js';
import { Choice, Flag, IdentifierOrKeyList, Nested, TextList, WholeNumber } from './value.fields.js';

const ID = '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11';

class ClaimDto {
  @Text({ max: 10 })
  statement!: string;

  @Flag({ optional: true })
  core?: boolean;
}

class ThreadDto {
  @Text({ min: 3, max: 12 })
  headline!: string;

  @Nested(() => ClaimDto, { array: true, maxItems: 3, optional: true })
  claims?: ClaimDto[];

  @Nested(() => ClaimDto, { optional: true, nullable: true })
  lead?: ClaimDto | null;

  @TextList({ maxItems: 3, each: { max: 5 }, optional: true })
  topics?: string[];

  @IdentifierOrKeyList({ maxItems: 3, optional: true })
  standing?: string[];
}

async function read<Dto>(dto: Class<Dto>, value: unknown, type: 'body' | 'query' = 'body'): Promise<Dto> {
  return (await readAs(dto, value, type === 'body' ? 'body' : 'parameter')) as Dto;
}

async function errorsOf(
  dto: Class<unknown>,
  value: unknown,
  type: 'body' | 'query' = 'body',
): Promise<readonly FieldError[]> {
  const error: unknown = await read(dto, value, type).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error === null) return [];
  if (!(error instanceof ApiError)) throw error;
  expect(error.code).toBe('invalid_request');
  return error.extra.errors ?? [];
}

/** What a field of one kind makes of a value: the value as read, or the code of the first fault. */
async function field(decorator: PropertyDecorator, value: unknown, type: 'body' | 'query' = 'body'): Promise<unknown> {
  class One {
    value?: unknown;
  }
  decorator(One.prototype, 'value');
  const body = value === undefined ? {} : { value };
  const [error] = await errorsOf(One, body, type);
  return error === undefined ? ((await read(One, body, type)) as { value?: unknown }).value : { fault: error.code };
}

const fault = (code: string) => ({ fault: code });

describe('request validation', () => {
  it('names every wrong field at once, by JSON pointer, down to the list item', async () => {
    const errors = await errorsOf(ThreadDto, {
      headline: 'ab',
      claims: [{ statement: 'fine' }, { statement: 'x'.repeat(11), core: 'yes' }, null],
      lead: 'no object',
      topics: ['ok', 'too long', 'ok'],
      'a/b~c': 1,
    });
    expect(errors.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
      '/a~1b~0c unknown_field',
      '/claims/2 type',
      '/headline too_short',
      '/lead type',
      '/topics/1 too_long',
      '/topics/2 duplicate',
    ]);
  });

  it('looks into each item of a list', async () => {
    const errors = await errorsOf(ThreadDto, {
      headline: 'fine',
      claims: [{ statement: 'fine' }, { statement: ' ', core: 1, more: true }],
      lead: {},
    });
    expect(errors.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
      '/claims/1/core type',
      '/claims/1/more unknown_field',
      '/claims/1/statement blank',
      '/lead/statement required',
    ]);
  });

  it.each([[[{ statement: 'a' }]], [[[{ statement: 'a' }]]], ['text'], [1]])(
    'takes no %j for a list item',
    async (item) => {
      expect(await errorsOf(ThreadDto, { headline: 'fine', claims: [item] })).toMatchObject([
        { pointer: '/claims/0', code: 'type' },
      ]);
    },
  );

  it('bounds lists', async () => {
    const claims = Array.from({ length: 4 }, () => ({ statement: 'a' }));
    expect(await errorsOf(ThreadDto, { headline: 'fine', claims })).toMatchObject([
      { pointer: '/claims', code: 'too_many' },
    ]);
    expect(await errorsOf(ThreadDto, { headline: 'fine', claims: { 0: 'a' } })).toMatchObject([{ code: 'type' }]);
  });

  it('answers with at most 100 errors', async () => {
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}`, 1]));
    expect(await errorsOf(ThreadDto, body)).toHaveLength(100);
  });

  it('reads a field that may be left out or null as it is', async () => {
    expect(await read(ThreadDto, { headline: ' fine ', lead: null })).toEqual({ headline: 'fine', lead: null });
    expect(await errorsOf(ThreadDto, { headline: null })).toMatchObject([{ pointer: '/headline', code: 'type' }]);
    expect(await errorsOf(ThreadDto, { headline: 'fine', topics: null })).toMatchObject([{ code: 'type' }]);
  });

  it.each([undefined, null, [], 'text', 7])('takes no %j for a body', async (body) => {
    expect(await errorsOf(ThreadDto, body)).toMatchObject([{ pointer: '', code: 'type' }]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'takes %s for the unknown field that it is',
    async (name) => {
      const body = { headline: 'fine', claims: [{ statement: 'a', [name]: { length: 1 } }] };
      expect(await errorsOf(ThreadDto, body)).toMatchObject([{ pointer: `/claims/0/${name}`, code: 'unknown_field' }]);
    },
  );

  it('takes __proto__ for an unknown field and changes no prototype', async () => {
    const body: unknown = JSON.parse('{"headline":"fine","__proto__":{"admin":true}}');
    expect(await errorsOf(ThreadDto, body)).toMatchObject([{ pointer: '/__proto__', code: 'unknown_field' }]);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('refuses a body that nests too deeply, without running out of stack', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = { a: deep };
    await expect(read(ThreadDto, { headline: 'fine', claims: deep })).rejects.toMatchObject({ code: 'malformed_json' });
  });

  it('lets no input past that has no DTO', () => {
    class Handlers {
      plain(@Query() _: object): void {}

      single(@Query('q') _: ClaimDto): void {}

      checked(@Body() _: ClaimDto, @Query() __: ThreadDto): void {}
    }
    const { plain, single, checked } = Handlers.prototype;
    for (const handler of [plain, single]) {
      expect(() => partsOf(Handlers, handler)).toThrow(/takes query without a DTO class/);
    }
    expect(partsOf(Handlers, checked)).toEqual([
      { name: 'body', dto: ClaimDto },
      { name: 'query', dto: ThreadDto },
    ]);
  });
});

describe('text', () => {
  it.each([
    ['trimmed', ' \t a b \n', 'a b'],
    ['composed', 'cafe\u0301', 'caf\u00e9'],
    ['with plain line feeds', 'a\r\nb\rc', 'a\nb\nc'],
    ['counted in characters', '🙂'.repeat(12), '🙂'.repeat(12)],
  ])('is %s', async (_, value, read) => {
    expect(await field(Text({ max: 12 }), value)).toBe(read);
  });

  it.each([
    ['a\u0000b', 'characters'],
    ['a\u001bb', 'characters'],
    ['a\u0085b', 'characters'],
    ['a\ud800', 'characters'],
    ['', 'blank'],
    ['   ', 'blank'],
    ['\u200b\u2060\ufeff', 'blank'],
    ['x'.repeat(13), 'too_long'],
    [7, 'type'],
    [['a'], 'type'],
    [{}, 'type'],
    [null, 'type'],
    [undefined, 'required'],
  ])('refuses %j: %s', async (value, code) => {
    expect(await field(Text({ max: 12 }), value)).toEqual(fault(code));
  });

  it('may be held to a pattern, and says it in words', async () => {
    const code = Text({ max: 5, pattern: /^[a-z]+$/, form: 'Must be small letters.' });
    expect(await field(code, 'abc')).toBe('abc');
    expect(await field(code, 'ABC')).toEqual(fault('pattern'));
  });
});

describe('names and ids', () => {
  it.each([
    ['kim-visits-russia', 'kim-visits-russia'],
    ['2024', '2024'],
    ['Kim', fault('pattern')],
    ['-kim', fault('pattern')],
    ['kim--visits', fault('pattern')],
    [ID, fault('looks_like_id')],
    ['x'.repeat(101), fault('too_long')],
  ])('reads the slug %j as %j', async (value, read) => {
    expect(await field(Slug(), value)).toEqual(read);
  });

  it.each([
    ['tass:2023/09', fault('pattern')],
    ['tass:2023.09', 'tass:2023.09'],
    ['тасс', 'тасс'],
    ['a b', fault('pattern')],
    ['a\u200bb', fault('pattern')],
    [ID.toUpperCase(), fault('looks_like_id')],
  ])('reads the key %j as %j', async (value, read) => {
    expect(await field(ExternalKey(), value)).toEqual(read);
  });

  it.each([
    [ID, ID],
    [ID.toUpperCase(), ID],
    ['kim', fault('uuid')],
    [`${ID}0`, fault('uuid')],
    [7, fault('type')],
  ])('reads the id %j as %j', async (value, read) => {
    expect(await field(Identifier(), value)).toEqual(read);
  });

  it.each([
    [ID.toUpperCase(), ID],
    ['kim-visits', 'kim-visits'],
    ['../x', fault('pattern')],
  ])('reads the reference %j as %j', async (value, read) => {
    expect(await field(IdentifierOrKey(), value)).toEqual(read);
  });

  it('finds the same id twice in a list whatever its spelling', async () => {
    expect(await errorsOf(ThreadDto, { headline: 'fine', standing: [ID, 'tass', ID.toUpperCase()] })).toEqual([
      { pointer: '/standing/2', code: 'duplicate', detail: 'Is in the list twice.' },
    ]);
  });
});

describe('moments', () => {
  it.each([
    ['2023-09-05T09:30:00Z', '2023-09-05T09:30:00.000Z'],
    ['2023-09-05T09:30:00.123456789+02:00', '2023-09-05T07:30:00.123Z'],
    ['2023-09-05t09:30:00.5z', '2023-09-05T09:30:00.500Z'],
    ['2024-02-29T00:00:00-11:30', '2024-02-29T11:30:00.000Z'],
    ['2023-02-29T00:00:00Z', fault('moment')],
    ['2023-02-30T00:00:00Z', fault('moment')],
    ['2023-13-01T00:00:00Z', fault('moment')],
    ['2023-09-05T24:00:00Z', fault('moment')],
    ['2023-09-05T09:30:60Z', fault('moment')],
    ['2023-09-05T09:30:00', fault('moment')],
    ['2023-09-05', fault('moment')],
    ['2023-09-05T09:30:00+24:00', fault('moment')],
    ['yesterday', fault('moment')],
    [1_693_906_200_000, fault('moment')],
    ['1899-12-31T23:59:59Z', fault('too_early')],
    ['2999-01-01T00:00:00Z', fault('too_late')],
  ])('reads %j as %j', async (value, read) => {
    expect(await field(Moment(), value)).toEqual(read);
  });

  it('lie as far ahead as the field allows', async () => {
    const inThreeDays = new Date(Date.now() + 3 * 86_400_000).toISOString();
    expect(await field(Moment(), inThreeDays)).toEqual(fault('too_late'));
    expect(await field(Moment({ daysAhead: 4 }), inThreeDays)).toBe(inThreeDays);
  });
});

describe('other values', () => {
  it.each([
    ['EN', 'en'],
    ['de-ch', 'de-CH'],
    ['zh-hans', 'zh-Hans'],
    ['english language', fault('language')],
    ['e', fault('language')],
    [7, fault('language')],
  ])('reads the language %j as %j', async (value, read) => {
    expect(await field(LanguageTag(), value)).toEqual(read);
  });

  it.each([
    ['https://tass.com/world/1', 'https://tass.com/world/1'],
    ['http://example.org', 'http://example.org'],
    ['javascript:alert(1)', fault('url')],
    ['ftp://example.org', fault('url')],
    ['https://user:secret@example.org', fault('url')],
    ['https://exa mple.org', fault('url')],
    ['//example.org', fault('url')],
  ])('reads the address %j as %j', async (value, read) => {
    expect(await field(WebAddress(), value)).toEqual(read);
  });

  it.each([
    [Choice(['a', 'b']), 'a', 'a'],
    [Choice(['a', 'b']), 'A', fault('choice')],
    [Choice(['a', 'b']), ['a'], fault('choice')],
    [Flag(), false, false],
    [Flag(), 'false', fault('type')],
    [WholeNumber({ min: 0, max: 9 }), 9, 9],
    [WholeNumber({ min: 0, max: 9 }), 10, fault('range')],
    [WholeNumber({ min: 0, max: 9 }), 1.5, fault('type')],
    [WholeNumber({ min: 0, max: 9 }), '9', fault('type')],
  ])('reads %o %j as %j', async (kind, value, read) => {
    expect(await field(kind, value)).toEqual(read);
  });

  it.each([
    [CountParameter({ min: 1, max: 200 }), '50', 50],
    [CountParameter({ min: 1, max: 200 }), '0', fault('range')],
    [CountParameter({ min: 1, max: 200 }), '1e2', fault('type')],
    [CountParameter({ min: 1, max: 200 }), '', fault('type')],
    [CountParameter({ min: 1, max: 200 }), ['1', '2'], fault('type')],
    [FlagParameter(), 'true', true],
    [FlagParameter(), '1', fault('type')],
    [ChoicesParameter(['a', 'b']), 'a,b,a', ['a', 'b']],
    [ChoicesParameter(['a', 'b']), ['b', 'a'], ['b', 'a']],
    [ChoicesParameter(['a', 'b']), 'a,c', fault('choice')],
    [ChoicesParameter(['a', 'b']), '', fault('choice')],
  ])('reads the parameter %o %j as %j', async (kind, value, read) => {
    expect(await field(kind, value, 'query')).toEqual(read);
  });

  it('names a wrong parameter and not a pointer', async () => {
    class Query {
      @CountParameter({ min: 1, max: 2, default: 1 })
      limit?: number;
    }
    expect(await errorsOf(Query, { limit: '9', 'x/y': '1' }, 'query')).toEqual([
      { parameter: 'x/y', code: 'unknown_field', detail: 'Is not a field here.' },
      { parameter: 'limit', code: 'range', detail: 'Must be 1 to 2.' },
    ]);
  });
});

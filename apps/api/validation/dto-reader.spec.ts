import 'reflect-metadata';
import type { Type as Class } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { IsEmail } from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { API_CONTROLLERS } from '../api.controllers.js';
import { ApiError } from '../problems/api-error.js';
import { dtoReader } from './dto-reader.js';
import { type DeclaredField, fieldsOf } from './field-registry.js';
import { judge, readAs } from './request-validation.step.js';
import { Text } from './text.fields.js';

type Place = 'body' | 'query' | 'param';
const PLACES: Readonly<Record<number, Place>> = {
  [RouteParamtypes.BODY]: 'body',
  [RouteParamtypes.QUERY]: 'query',
  [RouteParamtypes.PARAM]: 'param',
};
const RUNS = 150;
const ID = '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11';

/** Every class that a route of the API reads a request into. */
const DTOS = new Map(
  API_CONTROLLERS.flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype).flatMap((handler) => {
      const types = (Reflect.getMetadata('design:paramtypes', controller.prototype, handler) ?? []) as Class<unknown>[];
      const routeArguments = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {};
      return Object.entries(routeArguments as Record<string, { index: number }>).flatMap(([key, { index }]) => {
        const place = PLACES[Number(key.split(':')[0])];
        const dto = types[index];
        return place === undefined || dto === undefined ? [] : [[dto, place] as const];
      });
    }),
  ),
);

/** Values that some field takes, and near them those that none does. */
const VALUES: readonly unknown[] = [
  ...[
    'kim-visits',
    'Kim',
    '2024',
    '-a',
    'a--b',
    ID,
    ID.toUpperCase(),
    ` ${ID} `,
    `${ID}0`,
    'tass:2023.09',
    'тасс',
    'a/b',
  ],
  ...[
    'a b',
    'a\u200bb',
    'cafe\u0301',
    ' \t padded \n',
    'a\r\nb',
    '',
    '   ',
    '\u200b',
    'a\u0000b',
    'a\ud800',
    '\udc00',
    '🙂',
  ],
  ...[
    'x'.repeat(60),
    'x'.repeat(61),
    'x'.repeat(200),
    'x'.repeat(201),
    'x'.repeat(1_001),
    '🙂'.repeat(200),
    'x'.repeat(5_001),
  ],
  ...[
    '2023-09-05T09:30:00Z',
    '2023-09-05t09:30:00.5+02:00',
    '2023-02-30T00:00:00Z',
    '1899-12-31T23:59:59Z',
    '2999-01-01T00:00:00Z',
  ],
  ...[
    '2023-09-05',
    '2023-02-29',
    '0000-01-01',
    'yesterday',
    'en',
    'de-ch',
    'zh-Hans',
    'english language',
    'x'.repeat(36),
  ],
  ...[
    'https://tass.com/1',
    'http://[::1]/',
    'javascript:alert(1)',
    'https://u:p@example.org',
    'https://exa mple.org',
    '//a.b',
  ],
  ...[
    'true',
    'false',
    'TRUE',
    '0',
    '1',
    '50',
    '201',
    '-1',
    '1e2',
    '9007199254740993',
    '0x10',
    'a,b',
    ',',
    'a,a',
    '../../etc/passwd',
  ],
  ...[
    "' OR 1=1 --",
    '=1+1',
    '__proto__',
    'constructor',
    'null',
    'A1',
    'B2',
    'government:ru',
    'notes.csv',
    'YWJj',
    'sl_abc',
  ],
  ...[true, false, 0, 1, -1, 0.5, -0, 1e21, Number.MAX_SAFE_INTEGER + 1, Number.NaN, Number.POSITIVE_INFINITY, null],
  ...[[], {}, [[]], [null], [{}], ['a', 'a'], ['a', 1], { length: 1 }, { toString: 1 }, { a: { b: [1] } }, [[['a']]]],
];
const HOSTILE_NAMES = ['constructor', '__proto__', 'toString', 'x/y~z', 'a\u0000', '\ud800', 'ключ', '', '0', 'length'];

const anything = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.anything({ maxDepth: 3, withNullPrototype: true }) },
);

function objectOf(dto: Class<unknown>): fc.Arbitrary<object> {
  const fields = [...fieldsOf(dto)].map(([name, field]) => fieldOf(field).map((value) => [name, value] as const));
  const extra = fc.tuple(fc.oneof(fc.constantFrom(...HOSTILE_NAMES), fc.string()), anything);
  return fc
    .tuple(fc.tuple(...fields), fc.array(extra, { maxLength: 2 }), fc.integer({ min: 0, max: 9 }))
    .map(([entries, extras, luck]) => {
      const value: Record<string, unknown> = {};
      const all = luck === 0 ? [...entries, ...extras] : entries;
      // Defined, not set: to set __proto__ would be to change the prototype, and JSON.parse does not.
      for (const [name, content] of all) {
        if (content === LEFT_OUT) continue;
        Object.defineProperty(value, name, { value: content, enumerable: true, configurable: true, writable: true });
      }
      return value;
    });
}

const LEFT_OUT = Symbol('left out');

/** Mostly what the field takes, so that whole objects are valid often enough; else anything. */
function fieldOf(field: DeclaredField): fc.Arbitrary<unknown> {
  const without = [...(field.optional ? [LEFT_OUT] : []), ...(field.nullable ? [null] : [])];
  return fc.oneof(
    { weight: 24, arbitrary: validOf(field) },
    { weight: without.length * 4, arbitrary: fc.constantFrom(...without, null) },
    { weight: 1, arbitrary: fc.oneof(anything, fc.constant(LEFT_OUT), fc.array(anything, { maxLength: 4 })) },
  );
}

function validOf({ kind, dto }: DeclaredField): fc.Arbitrary<unknown> {
  if (dto !== null) {
    const item = objectOf(dto());
    return kind.schema['isArray'] === true ? fc.array(item, { maxLength: 3 }) : item;
  }
  const choices = (kind.schema['enum'] ?? []) as readonly unknown[];
  const { minimum, maximum } = kind.schema as { minimum?: number; maximum?: number };
  const numbers = [minimum, maximum].flatMap((value) => (value === undefined ? [] : [value, String(value)]));
  const single = [...choices, ...numbers, ...VALUES];
  const lists = single.flatMap((value, index) => [[value], [value, single[index + 1]]]);
  const valid = [...single, ...lists].filter((value) => {
    const read = kind.read === undefined ? value : kind.read(value);
    return kind.faults(read).length === 0;
  });
  return valid.length === 0 ? anything : fc.constantFrom(...valid);
}

async function verdict(work: () => unknown): Promise<{ readonly read: unknown } | { readonly refused: object }> {
  try {
    return { read: await work() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { code, detail, extra } = error;
    return { refused: { code, detail, errors: extra.errors } };
  }
}

describe('what Ajv reads of a request', () => {
  it('is tried with every class of every route', () => {
    expect(DTOS.size).toBeGreaterThan(35);
    for (const [dto] of DTOS) expect(dtoReader(dto)).toBeTypeOf('function');
  });

  it.each([...DTOS].map(([dto, place]) => [dto.name, dto, place] as const))(
    'is what class-validator reads of it, and what it refuses is refused: %s',
    async (_, dto, place) => {
      let taken = 0;
      const kind = place === 'body' ? 'body' : 'parameter';
      const input = place === 'body' ? fc.oneof({ weight: 20, arbitrary: objectOf(dto) }, anything) : objectOf(dto);
      await fc.assert(
        fc.asyncProperty(input, async (value) => {
          const fast = dtoReader(dto)(value);
          const slow = await verdict(() => judge(value, dto, kind));
          if (fast === null) expect(slow).toHaveProperty('refused');
          else expect({ read: fast }).toStrictEqual(slow);
          if (fast !== null) taken += 1;
          expect(await verdict(() => readAs(dto, value, kind))).toStrictEqual(slow);
        }),
        { numRuns: RUNS, seed: 7 },
      );
      // Of bodies that are all refused the comparison would say little.
      expect(taken).toBeGreaterThan(RUNS / 10);
      expect(taken).toBeLessThan(RUNS);
    },
  );

  it('leaves the request as it came', () => {
    class Named {
      @Text({ max: 5 })
      name!: string;
    }
    const body = Object.freeze({ name: ' a ' });
    expect(dtoReader(Named)(body)).toEqual({ name: 'a' });
    expect(body).toEqual({ name: ' a ' });
  });

  it('is never of a class with a rule that it does not know', () => {
    class WithRule {
      @Text({ max: 50 })
      @IsEmail()
      address!: string;
    }
    expect(() => dtoReader(WithRule)).toThrow('WithRule.address has a rule (isEmail)');
  });
});

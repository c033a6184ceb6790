import fc from 'fast-check';
import {
  HOSTILE_BODIES,
  HOSTILE_CONTENT_TYPES,
  HOSTILE_HEADERS,
  HOSTILE_JSON,
  HOSTILE_TEXTS,
  MARKER,
} from './hostile-values.js';
import type { Known, ThingName } from './known.js';
import { OPERATIONS, type Operation, type Parameter, resolved, type Schema } from './operations.js';
import { UPLOADS } from './uploads.js';

/** A request as it goes out. */
export interface FuzzRequest {
  readonly operation: Operation;
  readonly target: string;
  /** In pairs, one may come twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | null;
  readonly as: Caller;
}

type Caller = 'admin' | 'editor' | 'reporter' | 'reader' | null;

/** Made before it is known what the API holds; `with` puts in what it then does. */
export interface PlannedRequest {
  with(known: Known): FuzzRequest;
}

/** What a part of the plan becomes once it is known what there is. */
type Planned<Value> = (known: Known) => Value;

/** Which fields and parameters name which things. */
const THINGS: Readonly<Record<string, ThingName>> = {
  ...{
    thread: 'thread',
    into: 'thread',
    claim: 'claim',
    claims: 'claim',
    attribution: 'attribution',
    source: 'source',
  },
  ...{
    via: 'source',
    standing: 'source',
    takenBackBy: 'source',
    id: 'source',
    publication: 'publication',
    event: 'event',
  },
  ...{ batch: 'batch', keyId: 'key', parkedId: 'event', code: 'problem', projection: 'projection' },
};

/** Now and then something that no schema allows. */
function mostly<T>(usual: fc.Arbitrary<T>, hostile: fc.Arbitrary<T>, oneIn = 25): fc.Arbitrary<T> {
  return fc.oneof({ weight: oneIn, arbitrary: usual }, { weight: 1, arbitrary: hostile });
}

export const plannedRequest: fc.Arbitrary<PlannedRequest> = fc.constantFrom(...OPERATIONS).chain(requestOf);

function requestOf(operation: Operation): fc.Arbitrary<PlannedRequest> {
  const inside = (place: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === place);
  return fc
    .record({
      path: fc.tuple(...inside('path').map((parameter) => parameterOf(parameter))),
      query: fc.tuple(...inside('query').map((parameter) => fc.option(parameterOf(parameter), { freq: 2 }))),
      headers: fc.tuple(...inside('header').map((parameter) => fc.option(headerOf(parameter), { freq: 2 }))),
      extraQuery: fc.option(
        fc.constantFrom('x=1', '__proto__=1', 'limit=1&limit=2', 'after=', 'a[]=1', '%', '&&&', 'q=%ff', '='),
      ),
      extraHeaders: mostly(
        fc.constant<readonly (readonly [string, string])[]>([]),
        fc.array(fc.constantFrom(...HOSTILE_HEADERS), { minLength: 1, maxLength: 3 }),
        6,
      ),
      body: bodyOf(operation),
      as: fc.oneof(
        { weight: 12, arbitrary: fc.constant<Caller>('admin') },
        { weight: 4, arbitrary: fc.constantFrom<Caller>('editor', 'reporter', 'reader', null) },
      ),
      luck: fc.nat(9),
    })
    .map((plan) => ({
      with: (known) => {
        const names = inside('path').map(({ name }) => name);
        const path = operation.path.replace(/\{([^}]+)\}/g, (_, name: string) =>
          encoded(plan.path[names.indexOf(name)]?.(known)),
        );
        const query = inside('query').flatMap(({ name }, index) =>
          [plan.query[index]?.(known) ?? []].flat().map((value) => `${name}=${encoded(value)}`),
        );
        // Only now and then, for one wrong parameter is enough to be refused.
        if (plan.luck === 0 && plan.extraQuery !== null) query.push(plan.extraQuery);
        const headers = inside('header').flatMap(({ name }, index) => {
          const value = plan.headers[index]?.(known);
          return value === undefined ? [] : [[name, String(value)] as const];
        });
        const { type, content } = plan.body(known);
        return {
          operation,
          target: query.length === 0 ? path : `${path}?${query.join('&')}`,
          headers: [...headers, ...(type === null ? [] : [['content-type', type] as const]), ...plan.extraHeaders],
          body: content,
          as: plan.as,
        };
      },
    }));
}

/** In a path or a query, where everything is text; lone surrogates cannot be written there. */
function encoded(value: unknown): string {
  return encodeURIComponent(String(value ?? '').toWellFormed());
}

function parameterOf({ name, schema, example }: Parameter): fc.Arbitrary<Planned<unknown>> {
  return mostly(
    valueFor({ ...(example !== undefined && { example }), ...schema }, name),
    fc.constantFrom(...HOSTILE_TEXTS).map(always),
    12,
  );
}

/** Conditions that hold now and then, for what stands behind them to be reached. */
function headerOf({ name, schema }: Parameter): fc.Arbitrary<Planned<unknown>> {
  if (name === 'If-Match') return fc.constantFrom('*', '*', '*', '"0"', '"3"').map(always);
  if (name === 'If-None-Match') return fc.constantFrom('"0"', '*', 'W/"1"').map(always);
  if (name === 'Idempotency-Key') return fc.nat(10_000).map((n) => always(`fuzz-${n}`));
  if (name === 'Prefer') return fc.constantFrom('receipt, wait=1', 'return=minimal').map(always);
  if (name === 'X-After-Position') return fc.nat(50).map((n) => always(String(n)));
  return valueFor(schema, name);
}

function valueFor(schema: Schema, name: string): fc.Arbitrary<Planned<unknown>> {
  const {
    type = 'string',
    enum: choices,
    example,
    items,
    properties,
    minimum = 0,
    maximum = 1_000,
    ...rest
  } = resolved(schema);
  const types = [type].flat();
  const orNull = (usual: fc.Arbitrary<Planned<unknown>>) =>
    types.includes('null') ? mostly(usual, fc.constant(always(null)), 4) : usual;
  if (choices !== undefined) return orNull(fc.constantFrom(...choices).map(always));
  if (types.includes('array')) {
    const { minItems = 0, maxItems = 3 } = rest;
    return fc
      .array(valueFor(items ?? {}, name), { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, 3)) })
      .map((list) => (known) => list.map((item) => item(known)));
  }
  if (properties !== undefined) return objectOf(properties, rest.required ?? []);
  if (types.includes('boolean')) return orNull(fc.boolean().map(always));
  if (types.includes('integer') || types.includes('number'))
    return orNull(fc.integer({ min: minimum, max: maximum }).map(always));
  return orNull(textOf(rest, name, example));
}

function textOf({ format, pattern }: Schema, name: string, example: unknown): fc.Arbitrary<Planned<unknown>> {
  const thing = THINGS[name];
  if (thing !== undefined) return fc.nat().map((n) => (known) => known.pick(thing, n));
  if (format === 'date-time')
    return fc.constantFrom('2023-09-11T08:12:00Z', '2023-09-20T00:00:00+02:00', '2026-01-01T00:00:00Z').map(always);
  if (format === 'date') return fc.constantFrom('2023-09-01', '2023-09-30', '2024-01-01').map(always);
  if (format === 'uri') return fc.nat(99).map((n) => always(`https://example.org/${MARKER}/${n}`));
  if (name === 'slug' || name === 'key') return fc.nat(500).map((n) => always(`fuzz-${n}`));
  if (example !== undefined && pattern !== undefined) return fc.constant(always(example));
  if (name === 'language') return fc.constantFrom('en', 'de-CH').map(always);
  if (name === 'cursor')
    return fc
      .constantFrom('WyIxIl0', 'WyJhIiwiYiJd', 'W10', 'bnVsbA', 'WyIyMDIzLTAxLTAxIiwieCJd', 'WyJcdTAwMDAiXQ')
      .map(always);
  if (name === 'after' || name === 'size') return fc.nat(60).map((n) => always(String(n)));
  if (pattern !== undefined) return fc.constantFrom('asia', 'world', '7').map(always);
  return fc.oneof(
    { weight: 6, arbitrary: fc.nat(99).map((n) => always(`${MARKER} says number ${n}`)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('=1+1', '@x', "' OR 1=1 --", '\u202e').map((text) => always(`${text} ${MARKER}`)),
    },
  );
}

function objectOf(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
): fc.Arbitrary<Planned<unknown>> {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const value = mostly(valueFor(schema, name), fc.constantFrom(...HOSTILE_TEXTS).map(always), 60);
    return required.includes(name) ? value : fc.option(value, { freq: 1 });
  });
  return fc.tuple(...fields).map((values) => (known) => {
    const entries = Object.keys(properties).flatMap((name, index) => {
      const value = values[index];
      return value == null ? [] : [[name, value(known)] as const];
    });
    return Object.fromEntries(entries);
  });
}

interface Body {
  readonly type: string | null;
  readonly content: Buffer | null;
}

function bodyOf({ bodies, method }: Operation): fc.Arbitrary<Planned<Body>> {
  const wrong = fc.record({
    type: mostly(fc.constant('application/json'), fc.constantFrom(...HOSTILE_CONTENT_TYPES), 1),
    content: fc.constantFrom(...HOSTILE_BODIES),
  });
  const json = bodies['application/json'];
  const [other] = Object.keys(bodies);
  if (json !== undefined) return mostly(jsonOf(json.schema), wrong.map(always<Body>), 8);
  if (other !== undefined) return fc.constantFrom(...UPLOADS).map((content) => always({ type: other, content }));
  const none = fc.constant(always<Body>({ type: null, content: null }));
  return method === 'GET' ? mostly(none, wrong.map(always<Body>), 40) : mostly(none, wrong.map(always<Body>), 6);
}

/** As text, in which one value may be what JavaScript cannot hold, and which may end too soon. */
function jsonOf(schema: Schema): fc.Arbitrary<Planned<Body>> {
  return fc
    .record({
      value: valueFor(schema, ''),
      spliced: mostly(fc.constant(null), fc.record({ json: fc.constantFrom(...HOSTILE_JSON), at: fc.nat() }), 10),
      end: mostly(fc.constant(null), fc.nat(100), 40),
      field: mostly(
        fc.constant(''),
        fc.constantFrom('"__proto__":{},', '"constructor":1,', '"x/~y":1,', '"":0,', '"\\u0000":1,'),
        20,
      ),
    })
    .map(({ value, spliced, end, field }) => (known) => {
      let text = JSON.stringify(value(known)).replace('{', `{${field}`).replace(',}', '}');
      if (spliced !== null) {
        const values = [...text.matchAll(/:("(?:[^"\\]|\\.)*"|true|false|null|-?\d+)/g)];
        const hit = values[spliced.at % Math.max(1, values.length)];
        if (hit !== undefined)
          text = `${text.slice(0, hit.index + 1)}${spliced.json}${text.slice(hit.index + hit[0].length)}`;
      }
      return { type: 'application/json', content: Buffer.from(end === null ? text : text.slice(0, end)) };
    });
}

function always<Value>(value: Value): Planned<Value> {
  return () => value;
}

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventCodec, type EventSchemas, LEDGER_SCHEMAS } from './codec.js';
import { CorruptEvent } from './errors.js';
import type { LedgerEvent } from './event-store.js';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const manifest: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(FIXTURES, 'manifest.json'), 'utf8'));
const codec = new EventCodec();

interface Golden {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
}

const golden = Object.entries<readonly unknown[]>(LEDGER_SCHEMAS).flatMap(([type, versions]) =>
  versions.map((_, index) => ({ type, schemaVersion: index + 1, file: `v${index + 1}/${type}.json` })),
);

describe('golden fixtures', () => {
  it('are there for each version of each event, and for nothing else', () => {
    const found = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /^v\d+.*json$/.test(file),
    );
    expect(found.toSorted()).toEqual(golden.map(({ file }) => file).toSorted());
    expect(Object.keys(manifest).toSorted()).toEqual(found.toSorted());
  });

  it.each(golden)('$file is as it was released', ({ file }) => {
    const digest = createHash('sha256')
      .update(readFileSync(join(FIXTURES, file)))
      .digest('hex');
    const advice = `${file} was released and may never change. Add a new schema version, its upcast and its fixture.`;
    expect(digest, advice).toBe(manifest[file]);
  });

  it.each(golden)('$file is read, and written back in the newest version', ({ type, schemaVersion, file }) => {
    const stored: Golden = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8'));
    expect(stored).toMatchObject({ type, schemaVersion });
    const event = codec.decode(stored.type, stored.schemaVersion, stored.data);
    const newest = LEDGER_SCHEMAS[event.type].length;
    expect(codec.encode(event).schemaVersion).toBe(newest);
    if (schemaVersion === newest) expect(codec.encode(event)).toEqual(stored);
  });
});

describe('the codec', () => {
  const closed = { type: 'ThreadClosed', data: { reason: 'Over.' } } as const;

  it.each([
    ['an unknown type', 'ThreadRenamed', 1],
    ['a version to come', 'ThreadClosed', 2],
    ['what every object inherits', 'constructor', 1],
  ])('refuses %s', (_, type, version) => {
    const unknown = expect.objectContaining({ code: 'unknown_event_type', type, schemaVersion: version });
    expect(() => codec.decode(type, version, closed.data)).toThrow(unknown);
  });

  it.each([
    ['lacks a field', {}, /lacks reason/],
    ['has a field that nobody knows', { reason: 'Over.', mood: 'good' }, /unknown mood/],
    ['is no object', ['Over.'], /not an object/],
    ['has an undefined field', { reason: undefined }, /lacks reason/],
  ])('refuses data that %s', (_, data, message) => {
    expect(() => codec.decode('ThreadClosed', 1, data)).toThrow(message);
  });

  it('refuses to write what it could not read', () => {
    const event = { type: 'ThreadClosed', data: {} } as unknown as LedgerEvent;
    expect(() => codec.encode(event)).toThrow(/lacks reason/);
  });
});

describe('for every event of every type', () => {
  const event = fc.constantFrom(...Object.entries<EventSchemas[string]>(LEDGER_SCHEMAS)).chain(([type, versions]) => {
    const { keys } = versions.at(-1)!;
    const data = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])));
    return fc.record({ type: fc.constant(type), data });
  }) as unknown as fc.Arbitrary<LedgerEvent>;

  it('what was written and stored as JSON is read as it was', () => {
    fc.assert(
      fc.property(event, (event) => {
        const { type, schemaVersion, data } = JSON.parse(JSON.stringify(codec.encode(event)));
        // As JSON has it: it knows no -0.
        expect(codec.decode(type, schemaVersion, data)).toEqual(JSON.parse(JSON.stringify(event)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('a field more or less is refused, on the way in and on the way out', () => {
    fc.assert(
      fc.property(event, fc.nat(), fc.boolean(), (event, pick, more) => {
        const keys = Object.keys(event.data);
        const key = keys[pick % keys.length]!;
        const { [key]: _, ...less } = event.data as unknown as Record<string, unknown>;
        const data = more ? { ...event.data, 'a field of tomorrow': 1 } : less;
        expect(() => codec.encode({ ...event, data } as unknown as LedgerEvent)).toThrow(CorruptEvent);
        expect(() => codec.decode(event.type, LEDGER_SCHEMAS[event.type].length, data)).toThrow(CorruptEvent);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('upcasting', () => {
  const schemas: EventSchemas = {
    ThreadClosed: [
      { keys: ['why'], upcast: ({ why }) => ({ reason: why }) },
      { keys: ['reason'], upcast: (data) => ({ ...data, by: null }) },
      { keys: ['reason', 'by'] },
    ],
  };
  const codec = new EventCodec(schemas);

  it.each([
    [1, { why: 'Over.' }, { reason: 'Over.', by: null }],
    [2, { reason: 'Over.' }, { reason: 'Over.', by: null }],
    [3, { reason: 'Over.', by: 'Ann' }, { reason: 'Over.', by: 'Ann' }],
  ])('reads version %i step by step as the newest', (version, stored, data) => {
    const before = structuredClone(stored);
    expect(codec.decode('ThreadClosed', version, stored)).toEqual({ type: 'ThreadClosed', data });
    // What was stored belongs to whoever read it.
    expect(stored).toEqual(before);
  });

  it('writes the newest only', () => {
    const event = { type: 'ThreadClosed', data: { reason: 'Over.', by: 'Ann' } } as unknown as LedgerEvent;
    expect(codec.encode(event)).toMatchObject({ schemaVersion: 3 });
    expect(() => codec.encode({ type: 'ThreadClosed', data: { reason: 'Over.' } })).toThrow(/lacks by/);
  });

  it('refuses an upcast that does not make the next version', () => {
    const broken = new EventCodec({
      ThreadClosed: [{ keys: ['why'], upcast: () => ({ cause: 'Over.' }) }, { keys: ['reason'] }],
    });
    expect(() => broken.decode('ThreadClosed', 1, { why: 'Over.' })).toThrow(/v2 cannot be used: it lacks reason/);
  });
});

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventCodec, type EventSchemas, LEDGER_SCHEMAS } from './codec.js';
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

import { describe, expect, it } from 'vitest';
import { EventCodec } from './codec.js';
import { eventRow, hasUnstorableText } from './event-row.js';
import type { LedgerEvent } from './event-store.js';
import { SeededEvents } from './testing/seeded-events.js';

describe('the row of an event', () => {
  const make = new SeededEvents(0x10);
  const codec = new EventCodec();

  it('has its data as JSON', () => {
    const event = make.newEvent(make.claimReported('"quoted" \\ 日本語'), { batchId: 'batch-1' });
    const { data, ...row } = eventRow(codec, event);
    expect(JSON.parse(data)).toEqual(event.event.data);
    expect(row).toEqual({
      id: event.id,
      type: 'ClaimReported',
      schemaVersion: 1,
      actorId: event.context.actor.id,
      actorName: event.context.actor.name,
      correlationId: event.context.correlationId,
      causationId: null,
      batchId: 'batch-1',
    });
  });

  it.each(['', 'event-1', '0192aaaa-0000-7000-8000-00000000000', '0192aaaa-0000-7000-8000-00000000000g'])(
    'refuses the id "%s"',
    (id) => {
      expect(() => eventRow(codec, { ...make.newEvent(), id })).toThrow(/no UUID/);
    },
  );

  it.each([
    { correlationId: 'a\0b' },
    { causationId: '\ud83d' },
    { batchId: 'x\udc00' },
    { actor: { id: 'a', name: '\0' } },
  ])('refuses the context %j, which no database holds', (context) => {
    expect(() => eventRow(codec, make.newEvent(undefined, context))).toThrow(/cannot be stored/);
  });

  it('names the key of a bigint, which no JSON holds', () => {
    const event = { type: 'ThreadClosed', data: { reason: 12n } } as unknown as LedgerEvent;
    expect(() => eventRow(codec, make.newEvent(event))).toThrow(/"reason" is a bigint \(12\)/);
  });

  it.each([
    ['a\u0000b', true],
    ['\u0000', true],
    ['\\\u0000', true],
    ['\ud83d', true],
    ['x\udc00', true],
    ['👍', false],
    ['\\u0000', false],
    ['\\\\u0000', false],
    ['\\ud83d', false],
    ['\u001f\u2028', false],
    ['plain', false],
  ])('cannot hold the text %j: %s', (text, expected) => {
    expect(hasUnstorableText(JSON.stringify({ text }))).toBe(expected);
  });
});

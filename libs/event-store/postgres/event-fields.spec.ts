import { describe, expect, it } from 'vitest';
import { EventCodec } from '../codec.js';
import type { LedgerEvent } from '../event-store.js';
import { SeededEvents } from '../testing/seeded-events.js';
import { eventFields, hasUnstorableText } from './event-fields.js';

describe('the fields of an event', () => {
  const make = new SeededEvents(0x10);
  const codec = new EventCodec();

  it('are JSON without the braces, with the data as it is', () => {
    const event = make.newEvent(make.claimReported('"quoted" \\ 日本語'), { batchId: 'batch-1' });
    expect(JSON.parse(`{${eventFields(codec, event)}}`)).toEqual({
      i: event.id,
      t: 'ClaimReported',
      v: 1,
      d: event.event.data,
      ai: event.context.actor.id,
      an: event.context.actor.name,
      co: event.context.correlationId,
      ca: null,
      ba: 'batch-1',
    });
  });

  it('name the key of a bigint, which no JSON holds', () => {
    const event = { type: 'ThreadClosed', data: { reason: 12n } } as unknown as LedgerEvent;
    expect(() => eventFields(codec, make.newEvent(event))).toThrow(/"reason" is a bigint \(12\)/);
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
  ])('with the text %j cannot be stored: %s', (text, expected) => {
    expect(hasUnstorableText(JSON.stringify({ text }))).toBe(expected);
  });
});

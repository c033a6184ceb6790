import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawEvent } from '#event-store';
import { canonicalEvent } from './canonical-event.js';
import { eventHash } from './event-hash.js';

const FIXTURES = join(import.meta.dirname, '..', 'event-store', 'fixtures');

const event: RawEvent = {
  id: '01900000-0000-7000-8000-000000000001',
  stream: 'thread-01900000-0001-7000-8000-000000000001',
  revision: 7n,
  position: 4711n,
  recordedAt: '2023-09-11T08:12:00.000Z',
  type: 'ThreadClosed',
  schemaVersion: 1,
  data: { reason: 'Größe "quoted" 日本語 \u2028 €' },
  context: {
    actor: { id: 'key:01900000-0000-7000-8000-0000000000aa', name: 'asia desk CMS' },
    correlationId: 'request-1',
    causationId: null,
    batchId: null,
  },
};

describe('the canonical bytes of an event', () => {
  it('are RFC 8785 JSON of what was stored: a golden text that never changes', () => {
    expect(canonicalEvent(event)).toBe(
      '{"actor":{"id":"key:01900000-0000-7000-8000-0000000000aa","name":"asia desk CMS"},"batchId":null,' +
        '"causationId":null,"correlationId":"request-1","data":{"reason":"Größe \\"quoted\\" 日本語 \u2028 €"},' +
        '"format":"storyledger-event/1","id":"01900000-0000-7000-8000-000000000001",' +
        '"recordedAt":"2023-09-11T08:12:00.000Z","revision":"7","schemaVersion":1,' +
        '"stream":"thread-01900000-0001-7000-8000-000000000001","type":"ThreadClosed"}',
    );
    expect(eventHash(canonicalEvent(event)).toString('hex')).toBe(
      '0b645089c570c7ec750f98f970f247d7d960cff53c4240b61afb3592c93eb332',
    );
  });

  it('do not hold the position, which another store would give otherwise', () => {
    expect(canonicalEvent({ ...event, position: 9n })).toBe(canonicalEvent(event));
  });

  it('do not depend on the order of the keys as they were stored', () => {
    const data = { b: 1, a: { d: [1, 'x'], c: null } };
    const turned = { a: { c: null, d: [1, 'x'] }, b: 1 };
    expect(canonicalEvent({ ...event, data })).toBe(canonicalEvent({ ...event, data: turned }));
  });

  it.each(readdirSync(join(FIXTURES, 'v1')))('of %s are what JSON reads back, in the order of the keys', (file) => {
    const { type, schemaVersion, data } = JSON.parse(readFileSync(join(FIXTURES, 'v1', file), 'utf8'));
    const text = canonicalEvent({ ...event, type, schemaVersion, data });
    expect(JSON.parse(text)).toMatchObject({ type, schemaVersion, data });
    expect(text).not.toMatch(/[\n\t]/);
  });

  it('differ whenever any part of the event does', () => {
    const fields = ['id', 'stream', 'recordedAt', 'type'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.string(), (field, value) => {
        fc.pre(value !== event[field]);
        expect(canonicalEvent({ ...event, [field]: value })).not.toBe(canonicalEvent(event));
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const [one, other] = [left, right].map((value) => JSON.parse(JSON.stringify(value)));
        const same = canonicalEvent({ ...event, data: one }) === canonicalEvent({ ...event, data: other });
        expect(same).toBe(isSame(one, other));
      }),
    );
  });
});

function isSame(left: unknown, right: unknown): boolean {
  try {
    expect(left).toEqual(right);
    return true;
  } catch {
    return false;
  }
}

import { describe, expect, it } from 'vitest';
import { EventStore } from '#event-store';
import { ObservedEventStore } from './observed-event-store.js';

describe('an observed event store', () => {
  it('leaves to its store whatever a store may do in a way of its own', () => {
    const own = Object.getOwnPropertyNames(ObservedEventStore.prototype);
    expect(own).toEqual(expect.arrayContaining(Object.getOwnPropertyNames(EventStore.prototype)));
  });
});

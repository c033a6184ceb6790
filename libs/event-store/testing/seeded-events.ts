import type { EventContext, LedgerEvent, NewEvent } from '../index.js';

const ACTOR = { id: 'key:0190a5d0-0000-7000-8000-000000000001', name: 'Wire desk' };
const AT = '2023-09-11T08:12:00.000Z';

/** Real events with ids and texts that depend on nothing but the seed: two runs append the very same. */
export class SeededEvents {
  private state: number;
  private made = 0;

  constructor(private readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number from 0 to `below - 1` (mulberry32). */
  number(below: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** A UUIDv7 in form, ascending; two seeds never make the same. */
  id(): string {
    const count = (this.made++).toString(16).padStart(12, '0');
    const seed = (this.seed >>> 0).toString(16).padStart(8, '0');
    return `${count.slice(0, 8)}-${count.slice(8)}-7${seed.slice(0, 3)}-8${seed.slice(3, 6)}-${seed.slice(6)}${hex(this.number(2 ** 20), 10)}`;
  }

  threadStream(): string {
    return `thread-${this.id()}`;
  }

  sourceStream(): string {
    return `source-${this.id()}`;
  }

  /** Ready to append. What `context` leaves out is filled in. */
  newEvent(event: LedgerEvent = this.claimReported(), context: Partial<EventContext> = {}): NewEvent {
    const id = this.id();
    return {
      id,
      event,
      context: { actor: ACTOR, correlationId: `request-${id}`, causationId: null, batchId: null, ...context },
    };
  }

  newEvents(count: number): NewEvent[] {
    return Array.from({ length: count }, () => this.newEvent());
  }

  threadOpened(headline = 'Kim Jong Un may travel to Russia to meet Putin'): LedgerEvent {
    return {
      type: 'ThreadOpened',
      data: {
        threadId: this.id(),
        slug: `kim-russia-${this.made}`,
        headline,
        desk: 'asia',
        topics: ['diplomacy'],
        language: 'en',
        policy: 'standard-1',
      },
    };
  }

  threadClosed(reason = 'The visit is over.'): LedgerEvent {
    return { type: 'ThreadClosed', data: { reason } };
  }

  claimReported(
    quote: string | null = `Kim's train has left Pyongyang, a source said (${this.number(1_000)}).`,
  ): LedgerEvent {
    return {
      type: 'ClaimReported',
      data: {
        attributionId: this.id(),
        claimId: this.id(),
        key: null,
        speaker: { sourceId: this.id(), kind: 'official', group: 'government:kr', trustedConduit: false },
        via: [{ sourceId: this.id(), kind: 'agency', group: 'agency:yonhap', trustedConduit: true }],
        onRecord: false,
        vouchedBy: null,
        tentative: true,
        standing: false,
        statedAt: AT,
        quote,
        url: 'https://example.org/wire/1',
        note: null,
      },
    };
  }

  sourceRegistered(name = 'Yonhap'): LedgerEvent {
    return {
      type: 'SourceRegistered',
      data: { sourceId: this.id(), key: null, name, kind: 'agency', group: 'agency:yonhap', trustedConduit: true },
    };
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

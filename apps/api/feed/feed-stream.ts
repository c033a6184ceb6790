import { Readable } from 'node:stream';
import type { Position } from '#event-store';
import { type FeedFilter, filterKey } from './feed-filter.js';
import { farewellText } from './feed-message.js';

/** By what a client was let in. */
export interface FeedAdmission {
  readonly keyId: string;
  /** Of a browser in which somebody is signed in; null: a tool with the key itself. */
  readonly sessionToken: string | null;
}

export interface FeedStreamOptions extends FeedAdmission {
  readonly filter: FeedFilter;
  /** Everything up to here the client has. */
  readonly position: Position;
  readonly onClosed: (stream: FeedStream) => void;
}

/** One client: what was sent to it, and what it has not taken yet. */
export class FeedStream implements FeedAdmission {
  readonly keyId: string;
  readonly sessionToken: string | null;
  readonly filter: FeedFilter;
  readonly filterKey: string;
  readonly body: Readable;
  /** Everything up to here was sent or is not for this client. */
  position: Position;
  private taken: (() => void) | null = null;
  private isEnding = false;

  constructor({ keyId, sessionToken, filter, position, onClosed }: FeedStreamOptions) {
    this.keyId = keyId;
    this.sessionToken = sessionToken;
    this.filter = filter;
    this.filterKey = filterKey(filter);
    this.position = position;
    this.body = new Readable({ read: () => this.proceed() });
    this.body.once('close', () => {
      this.proceed();
      onClosed(this);
    });
  }

  get isOpen(): boolean {
    return !this.body.destroyed && !this.body.readableEnded && !this.isEnding;
  }

  /** In bytes. */
  get waiting(): number {
    return this.body.readableLength;
  }

  /** The client has then everything up to the position that is for it. */
  send(bytes: Buffer | null, upTo: Position): void {
    if (!this.isOpen) return;
    if (bytes !== null) this.body.push(bytes);
    this.position = upTo;
  }

  /** What waits still goes out; the client comes back with its last id. */
  end(why: string): void {
    if (!this.isOpen) return;
    this.body.push(farewellText(why));
    this.isEnding = true;
    this.body.push(null);
  }

  /** Resolves once the client has taken what waits, but for a little, or has gone. */
  async drained(): Promise<void> {
    while (this.isOpen && this.waiting > this.body.readableHighWaterMark) {
      await new Promise<void>((resolve) => {
        this.taken = resolve;
      });
    }
  }

  private proceed(): void {
    this.taken?.();
    this.taken = null;
  }
}

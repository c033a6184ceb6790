import type { FeedItem } from '#read-models';
import { feedItemDto } from './feed.views.js';

/** An item as it goes over the wire, made once for all clients: with the event itself, and without. */
export class FeedMessage {
  private readonly texts: { status: string | null; event: string | null } = { status: null, event: null };

  constructor(readonly item: FeedItem) {}

  text(withEvents: boolean): string {
    const form = withEvents ? 'event' : 'status';
    this.texts[form] ??= this.write(withEvents);
    return this.texts[form];
  }

  private write(withEvents: boolean): string {
    const { position, changes } = this.item;
    const name = changes.length > 0 ? 'status' : 'event';
    // JSON holds no line feed, so one data line is enough.
    return `id: ${position}\nevent: ${name}\ndata: ${JSON.stringify(feedItemDto(this.item, withEvents))}\n\n`;
  }
}

/** What a client reads first: how soon to come back after a cut, and where it stands before anything has happened. */
export function openingText(retryMs: number, position: bigint): string {
  return `retry: ${retryMs}\nid: ${position}\n\n`;
}

/** Keeps connections open, and moves a client on past what its filter left out. */
export function heartbeatText(position: bigint): string {
  return `: ${new Date().toISOString()}\nid: ${position}\n\n`;
}

/** The last words of a stream: why it ends. The client comes back with its last id, and misses nothing. */
export function farewellText(why: string): string {
  return `: ${why}\n\n`;
}

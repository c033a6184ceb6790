import type { Position } from '#event-store';
import type { FeedMessage } from './feed-message.js';

/** The end of the feed, held in memory, so that clients that come back after a cut ask no database. */
export class RecentMessages {
  private messages: FeedMessage[] = [];

  constructor(
    /** Everything after it is held. */
    private after: Position,
    private readonly most: number,
  ) {}

  add(messages: readonly FeedMessage[]): void {
    this.messages.push(...messages);
    // Rarely, and then many, as the front of an array is dear to cut off.
    if (this.messages.length < 2 * this.most) return;
    const gone = this.messages.splice(0, this.messages.length - this.most);
    this.after = gone.at(-1)?.item.position ?? this.after;
  }

  reachBackTo(position: Position): boolean {
    return position >= this.after;
  }

  since(position: Position): FeedMessage[] {
    let first = this.messages.length;
    while (first > 0 && (this.messages[first - 1]?.item.position ?? position) > position) first -= 1;
    return this.messages.slice(first);
  }
}

import type { StoredEvent } from '#event-store';
import type { Projection } from '../projection/projection.js';

/** Which events have to wait, given the streams of which something is parked. */
export class Blockade {
  constructor(
    private readonly projection: Pick<Projection, 'waits'>,
    private readonly streams: Set<string> = new Set(),
  ) {}

  holds({ stream }: StoredEvent): boolean {
    return this.projection.waits === 'log' ? this.streams.size > 0 : this.streams.has(stream);
  }

  add({ stream }: StoredEvent): void {
    this.streams.add(stream);
  }
}

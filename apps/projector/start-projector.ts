import type { Pool } from 'pg';
import type { EventStore } from '#event-store';
import type { Logger } from '#platform';
import { PROJECTIONS, Projector, type ReadModelWaiter } from '#read-models';

export interface ProjectorParts {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly logger: Logger;
  /** Told of progress when it is in the same process. */
  readonly waiter?: ReadModelWaiter;
}

export interface RunningProjector {
  /** Resolves when the batch under way is applied. */
  stop(): Promise<void>;
}

/** Keeps all read models up to date until it is stopped. */
export function startProjector({ store, pool, logger, waiter }: ProjectorParts): RunningProjector {
  const stopping = new AbortController();
  const projector = new Projector({
    store,
    pool,
    projections: PROJECTIONS,
    onApplied: (position) => waiter?.applied(position),
    onError: (err, position) => {
      if (!stopping.signal.aborted) {
        logger.error({ err, position: position.toString() }, 'A projection could not go on. It is tried again.');
      }
    },
  });
  const running = projector.run(stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

import type { Pool } from 'pg';
import type { EventStore } from '#event-store';
import type { Logger } from '#platform';
import type { Proof } from '#proof';
import { type AppliedBatch, PROJECTIONS, Projector, type ReadModelWaiter, RebuildWorker } from '#read-models';

export interface ProjectorParts {
  readonly store: EventStore;
  readonly pool: Pool;
  /** For rebuilds, which make and drop tables; left out: others carry them out. */
  readonly openOwnerPool?: () => Pool;
  readonly logger: Logger;
  readonly proof: Proof;
  /** How often a checkpoint is signed while the log grows, by who has the key. */
  readonly checkpointMs: number;
  /** Told of progress when it is in the same process. */
  readonly waiter?: ReadModelWaiter;
  /** Told of each batch that is applied. */
  readonly onBatch?: (batch: AppliedBatch) => void;
}

export interface RunningProjector {
  /** Resolves when the batch under way is applied. */
  stop(): Promise<void>;
}

/** Keeps all read models and the Merkle tree up to date, and signs checkpoints of it, until it is stopped. */
export function startProjector(parts: ProjectorParts): RunningProjector {
  const { store, pool, openOwnerPool, logger, waiter, proof, checkpointMs, onBatch } = parts;
  const stopping = new AbortController();
  const projector = new Projector({
    store,
    pool,
    projections: PROJECTIONS,
    onApplied: (position) => waiter?.applied(position),
    ...(onBatch !== undefined && { onBatch }),
    onParked: ({ projection, stored, error }) => {
      // Of the error only its name: its message may hold words of the newsroom. The whole of it is with the event.
      const { id: eventId, stream, position } = stored;
      const name = error instanceof Error ? error.name : typeof error;
      logger.error(
        { projection, eventId, stream, position: position.toString(), error: name },
        'An event could not be applied and is parked. See storyledger projections parked list.',
      );
    },
    onError: (err, position) => {
      if (!stopping.signal.aborted) {
        logger.error({ err, position: position.toString() }, 'A projection could not go on. It is tried again.');
      }
    },
  });
  const merkle = proof.projector((err, position) => {
    logger.error({ err, position: position.toString() }, 'The Merkle tree could not go on. It is tried again.');
  });
  const rebuilder =
    openOwnerPool === undefined
      ? null
      : new RebuildWorker({
          store,
          pool,
          openOwnerPool,
          onDone: ({ name, version }) => logger.info({ projection: name, version }, 'A read model is rebuilt.'),
          onError: (err, projection) =>
            logger.error({ err, projection: projection?.name }, 'A rebuild could not go on. See projections status.'),
        });
  const running = Promise.all([
    projector.run(stopping.signal),
    rebuilder?.run(stopping.signal),
    merkle.run(stopping.signal),
    proof.signer.run(checkpointMs, stopping.signal, (err) => logger.error({ err }, 'No checkpoint could be signed.')),
  ]);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

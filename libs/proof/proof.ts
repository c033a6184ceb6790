import type { Pool } from 'pg';
import type { EventStore, Position } from '#event-store';
import { CheckpointSigner } from './notes/checkpoint-signer.js';
import { Checkpoints } from './notes/checkpoints.js';
import type { SigningKey } from './notes/signing-key.js';
import { Receipts } from './receipts.js';
import { MerkleProjector } from './tree/merkle-projector.js';
import { StoredTree } from './tree/stored-tree.js';

export interface ProofOptions {
  /** Of the application's role. */
  readonly pool: Pool;
  readonly store: EventStore;
  /** Null: this process signs nothing. */
  readonly key?: SigningKey | null;
}

/** All that proves what the log holds: the tree, its checkpoints, and receipts. */
export class Proof {
  readonly tree: StoredTree;
  readonly checkpoints: Checkpoints;
  readonly signer: CheckpointSigner;
  readonly receipts: Receipts;

  constructor(private readonly options: ProofOptions) {
    const { pool, store, key = null } = options;
    this.tree = new StoredTree(pool);
    this.checkpoints = new Checkpoints(pool);
    this.signer = new CheckpointSigner(this.tree, this.checkpoints, key);
    this.receipts = new Receipts(store, this.tree, this.checkpoints, this.signer);
  }

  projector(onError?: (error: unknown, position: Position) => void): MerkleProjector {
    return new MerkleProjector({ store: this.options.store, tree: this.tree, ...(onError && { onError }) });
  }
}

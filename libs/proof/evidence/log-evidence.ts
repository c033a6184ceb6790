import pMap from 'p-map';
import type { RawEvent } from '#event-store';
import { canonicalEvent } from '../canonical-event.js';
import type { CheckpointSigner } from '../notes/checkpoint-signer.js';
import type { Checkpoints, SignedCheckpoint } from '../notes/checkpoints.js';
import { formatProof, leafHash } from '../offline/verify.mjs';
import { EventAltered, until } from '../receipts.js';
import type { Leaf, StoredTree } from '../tree/stored-tree.js';

/** The tree has not read the log that far yet. */
export class ProofBehind extends Error {
  override readonly name = 'ProofBehind';
  readonly code = 'proof_behind';

  constructor() {
    super('The Merkle tree does not have all of the events yet. Repeat the request; the projector has to be running.');
  }
}

export interface LogEvidence {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The path of each event's file, by its id. */
  readonly paths: ReadonlyMap<string, string>;
  readonly latest: SignedCheckpoint;
}

/** Of an event the first checkpoint with it is evidence of its age; of a long thread so many are enough. */
const MOST_CHECKPOINTS = 200;
const AT_ONCE = 8;
/** The tree is usually behind the log by milliseconds. */
const WAIT_MS = 2_000;

/** The part of a bundle that proves: events, proofs, checkpoints and keys. */
export class LogEvidenceMaker {
  constructor(
    private readonly tree: StoredTree,
    private readonly checkpoints: Checkpoints,
    private readonly signer: CheckpointSigner,
  ) {}

  /** @throws ProofBehind, EventAltered, NoSigningKey, HistoryRewritten */
  async of(events: readonly RawEvent[]): Promise<LogEvidence> {
    const ids = events.map(({ id }) => id);
    const found = await until(performance.now() + WAIT_MS, async () => {
      const known = await this.tree.leavesOf(ids);
      return known.length >= ids.length ? known : null;
    });
    if (found === null) throw new ProofBehind();
    const leaves = new Map(found.map((leaf) => [leaf.eventId, leaf]));
    const latest = await this.signer.sign();
    const files = new Map<string, Uint8Array>();
    const paths = new Map<string, string>();
    await pMap(
      events,
      async (event) => {
        const leaf = leaves.get(event.id);
        if (leaf === undefined || leaf.index >= latest.size) throw new ProofBehind();
        const name = numbered(leaf.index);
        files.set(`events/${name}.json`, bytesOf(event, leaf));
        const path = await this.tree.inclusion(leaf.index, latest.size);
        files.set(`proofs/${name}.tlog-proof`, utf8(formatProof(leaf.index, path, latest.note)));
        paths.set(event.id, `events/${name}.json`);
      },
      { concurrency: AT_ONCE },
    );
    const indices = [...leaves.values()].map(({ index }) => index);
    await this.addCheckpoints(files, await this.checkpointsFor(indices, latest));
    await this.addKeys(files);
    return { files, paths, latest };
  }

  /** The first one with each event, those that introduce a key, and the last one. */
  private async checkpointsFor(
    indices: readonly number[],
    latest: SignedCheckpoint,
  ): Promise<readonly SignedCheckpoint[]> {
    const chosen = new Map((await this.checkpoints.rotations()).map((checkpoint) => [checkpoint.id, checkpoint]));
    let covered = 0;
    for (const index of indices.toSorted((a, b) => a - b)) {
      if (index < covered) continue;
      const first = await this.checkpoints.firstWith(index);
      if (first === null || first.size > latest.size) break;
      covered = first.size;
      if (chosen.size < MOST_CHECKPOINTS) chosen.set(first.id, first);
    }
    chosen.set(latest.id, latest);
    return [...chosen.values()].filter(({ size }) => size <= latest.size).toSorted(bySize);
  }

  private async addCheckpoints(
    files: Map<string, Uint8Array>,
    checkpoints: readonly SignedCheckpoint[],
  ): Promise<void> {
    const proofs: object[] = [];
    for (const [n, { id, size, note }] of checkpoints.entries()) {
      files.set(`checkpoints/${numbered(size)}-${numbered(Number(id))}.txt`, utf8(note));
      const before = checkpoints[n - 1];
      if (before === undefined) continue;
      const proof = await this.tree.consistency(before.size, size);
      proofs.push({ from: before.size, to: size, proof: proof.map((hash) => hash.toString('base64')) });
    }
    files.set('consistency.json', utf8(`${JSON.stringify(proofs, null, 2)}\n`));
  }

  private async addKeys(files: Map<string, Uint8Array>): Promise<void> {
    const keys = (await this.checkpoints.keys()).map(({ key }) => key);
    files.set('keys.txt', utf8(keys.map(({ text }) => `${text}\n`).join('')));
    for (const { id, publicKey } of keys) {
      files.set(`keys/${id}.pem`, utf8(publicKey.export({ format: 'pem', type: 'spki' }).toString()));
    }
  }
}

function bytesOf(event: RawEvent, leaf: Leaf): Uint8Array {
  const bytes = Buffer.from(canonicalEvent(event), 'utf8');
  if (!leafHash(bytes).equals(leaf.hash)) throw new EventAltered(leaf);
  return bytes;
}

function bySize(a: SignedCheckpoint, b: SignedCheckpoint): number {
  return a.size - b.size || (a.id < b.id ? -1 : 1);
}

/** Names that sort as the numbers do. */
function numbered(value: number): string {
  return String(value).padStart(12, '0');
}

export function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

import { setTimeout as delay } from 'node:timers/promises';
import { BEFORE_FIRST, type EventStore } from '#event-store';
import { canonicalEvent } from './canonical-event.js';
import type { CheckpointSigner } from './notes/checkpoint-signer.js';
import type { Checkpoints, SignedCheckpoint } from './notes/checkpoints.js';
import { formatProof, leafHash } from './offline/verify.mjs';
import { placeOfLeaf } from './tree/place-of-leaf.js';
import type { Leaf, StoredTree } from './tree/stored-tree.js';

export const RECEIPT_FORMAT = 'storyledger-receipt/1';

/** Proves by itself, with the offline verifier, that an event is in the log that was signed. */
export interface EventReceipt {
  readonly format: typeof RECEIPT_FORMAT;
  readonly eventId: string;
  readonly stream: string;
  readonly revision: string;
  /** The canonical bytes, as text. */
  readonly event: string;
  /** RFC 6962 leaf hash of `event`, in hex. */
  readonly eventHash: string;
  readonly leafIndex: number;
  /** Events in the log of the checkpoint. */
  readonly treeSize: number;
  /** RFC 6962 audit path from the leaf upwards, in base64. */
  readonly inclusionProof: readonly string[];
  /** Signed note. */
  readonly checkpoint: string;
  /** C2SP tlog-proof: the three before in one text. */
  readonly proof: string;
  /** Verifier keys of the ledger. */
  readonly keys: readonly string[];
}

/** What was hashed for the event is not what the store holds now. */
export class EventAltered extends Error {
  override readonly name = 'EventAltered';
  readonly code = 'event_altered';

  constructor({ index, stream, revision }: Leaf) {
    super(
      `Event ${index} of the log (${stream}, revision ${revision}) is not what was hashed when it was recorded. ` +
        'Run `storyledger verify`.',
    );
  }
}

export type ReceiptOutcome =
  | { readonly outcome: 'given'; readonly receipts: readonly EventReceipt[] }
  /** The tree does not have all of them yet, or nothing was signed since and this process has no key. */
  | { readonly outcome: 'pending' }
  /** The tree has the whole log, and one of them is not in it. */
  | { readonly outcome: 'unknown' };

const FASTEST_POLL_MS = 5;
const SLOWEST_POLL_MS = 100;

export class Receipts {
  constructor(
    private readonly store: EventStore,
    private readonly tree: StoredTree,
    private readonly checkpoints: Checkpoints,
    private readonly signer: CheckpointSigner,
  ) {}

  /**
   * Waits for the tree and the signature at most `timeoutMs`.
   * @throws EventAltered, HistoryRewritten
   */
  async of(eventIds: readonly string[], timeoutMs: number): Promise<ReceiptOutcome> {
    const deadline = performance.now() + timeoutMs;
    const head = await this.store.head();
    const leaves = await until(deadline, async () => {
      const { last } = await this.tree.tip();
      const found = await this.tree.leavesOf(eventIds);
      if (found.length >= eventIds.length) return found;
      // The position that was noted with a leaf may be of the store that the ledger was copied from.
      const place = last === null ? BEFORE_FIRST : await placeOfLeaf(this.store, last);
      return place !== null && place >= head ? found : null;
    });
    if (leaves === null) return { outcome: 'pending' };
    const last = leaves.at(-1);
    if (last === undefined || leaves.length < eventIds.length) return { outcome: 'unknown' };
    const checkpoint = await until(deadline, () => this.checkpointWith(last.index));
    if (checkpoint === null) return { outcome: 'pending' };
    return { outcome: 'given', receipts: await Promise.all(leaves.map((leaf) => this.receipt(leaf, checkpoint))) };
  }

  /** A process with the key signs at once if need be; another takes what there is. */
  private async checkpointWith(leafIndex: number): Promise<SignedCheckpoint | null> {
    const latest = await this.checkpoints.latest();
    if (latest !== null && latest.size > leafIndex) return latest;
    if (!this.signer.canSign) return null;
    const signed = await this.signer.sign();
    return signed.size > leafIndex ? signed : null;
  }

  private async receipt(leaf: Leaf, checkpoint: SignedCheckpoint): Promise<EventReceipt> {
    const { index, eventId, stream, revision, hash } = leaf;
    const [path, event, keys] = await Promise.all([
      this.tree.inclusion(index, checkpoint.size),
      this.canonical(leaf),
      this.checkpoints.keys(),
    ]);
    return {
      format: RECEIPT_FORMAT,
      eventId,
      stream,
      revision: revision.toString(),
      event,
      eventHash: hash.toString('hex'),
      leafIndex: index,
      treeSize: checkpoint.size,
      inclusionProof: path.map((sibling) => sibling.toString('base64')),
      checkpoint: checkpoint.note,
      proof: formatProof(index, path, checkpoint.note),
      keys: keys.map(({ key }) => key.text),
    };
  }

  private async canonical(leaf: Leaf): Promise<string> {
    for await (const raw of this.store.readRawStream(leaf.stream, { from: leaf.revision, limit: 1 })) {
      const text = canonicalEvent(raw);
      if (leafHash(Buffer.from(text, 'utf8')).equals(leaf.hash)) return text;
    }
    throw new EventAltered(leaf);
  }
}

/** The first answer that is not null, asked for ever more slowly; null: there was none by the deadline. */
export async function until<T>(deadline: number, ask: () => Promise<T | null>): Promise<T | null> {
  for (let waitMs = FASTEST_POLL_MS; ; waitMs = Math.min(SLOWEST_POLL_MS, waitMs * 1.5)) {
    const answer = await ask();
    if (answer !== null || performance.now() >= deadline) return answer;
    await delay(waitMs);
  }
}

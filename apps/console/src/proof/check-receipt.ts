import type { EventReceipt } from '../api/types.js';
import { fromBase64, hex, leafHash, rootOfInclusion, sameBytes } from './merkle.js';
import { isSignedByOneOf, parseCheckpoint, UnknownSignatures } from './signed-note.js';

/** `unchecked`: this browser does not know the signatures. */
export type Outcome = 'holds' | 'fails' | 'unchecked';

/** Of each thing that makes a receipt proof, whether it holds. */
export interface ReceiptCheck {
  /** The receipt is of the event that was asked for, and its hash is that of its text. */
  readonly event: Outcome;
  /** The event is in the log of the checkpoint, at its place. */
  readonly inclusion: Outcome;
  /** The checkpoint is signed by a key that the ledger publishes. */
  readonly signature: Outcome;
}

/**
 * Works the receipt out anew, in this browser: nothing of what the server says of it is taken for granted.
 * @returns null: nothing can be checked here, as browsers compute hashes only for pages that came over https, or from
 *   this very machine
 */
export async function checkReceipt(eventId: string, receipt: EventReceipt): Promise<ReceiptCheck | null> {
  if (globalThis.crypto?.subtle === undefined) return null;
  return {
    event: await outcomeOf(() => isOfEvent(eventId, receipt)),
    inclusion: await outcomeOf(() => isIncluded(receipt)),
    signature: await outcomeOf(async () => {
      const checkpoint = parseCheckpoint(receipt.checkpoint);
      return checkpoint !== null && isSignedByOneOf(checkpoint, receipt.keys);
    }),
  };
}

async function outcomeOf(check: () => Promise<boolean>): Promise<Outcome> {
  try {
    return (await check()) ? 'holds' : 'fails';
  } catch (error) {
    // What cannot be read proves nothing.
    return error instanceof UnknownSignatures ? 'unchecked' : 'fails';
  }
}

async function isOfEvent(eventId: string, { event, eventHash, ...receipt }: EventReceipt): Promise<boolean> {
  const { id, stream, revision } = JSON.parse(event) as Readonly<Record<string, unknown>>;
  const isAsked = id === eventId && receipt.eventId === eventId;
  const isWhere = stream === receipt.stream && revision === receipt.revision;
  return isAsked && isWhere && hex(await leafHash(event)) === eventHash;
}

async function isIncluded({ event, leafIndex, treeSize, inclusionProof, checkpoint }: EventReceipt): Promise<boolean> {
  const signed = parseCheckpoint(checkpoint);
  if (signed === null || signed.size !== treeSize) return false;
  const root = await rootOfInclusion(leafIndex, treeSize, await leafHash(event), inclusionProof.map(fromBase64));
  return root !== null && sameBytes(root, signed.root);
}

import type { Checkpoints, SignedCheckpoint } from '../notes/checkpoints.js';
import {
  type Checkpoint,
  NotProven,
  parseCheckpoint,
  parseNote,
  signersOf,
  type VerifierKey,
} from '../offline/verify.mjs';
import { Ahead } from './ahead.js';
import { type Finding, finding } from './findings.js';

/** A root that the log must have had at a size. */
export interface SignedRoot extends Checkpoint {
  /** Such as `the checkpoint of 12 events`. */
  readonly label: string;
}

/** The checkpoints of the ledger and those kept elsewhere, by size, each checked for its signatures first. */
export class SignedRoots {
  readonly findings: Finding[] = [];
  private count = 0;
  private readonly stored: Ahead<SignedCheckpoint>;
  private readonly kept: SignedRoot[];
  private readonly linked = new Set<string>();

  constructor(
    checkpoints: Checkpoints,
    private readonly keys: readonly VerifierKey[],
    kept: readonly string[],
  ) {
    this.stored = new Ahead(checkpoints.bySize());
    const [first] = keys;
    if (first !== undefined) this.linked.add(first.text);
    this.kept = kept
      .flatMap((note) => this.read(note, ' that was kept elsewhere', () => true) ?? [])
      .toSorted((a, b) => a.size - b.size);
  }

  /** How many were read so far. */
  get checked(): number {
    return this.count;
  }

  /** Those of trees up to the size that have not been given out yet, the smallest first. */
  async upTo(size: number): Promise<readonly SignedRoot[]> {
    const stored = await this.stored.takeWhile((checkpoint) => checkpoint.size <= size);
    const roots = stored.flatMap((checkpoint) => this.check(checkpoint) ?? []);
    const end = this.kept.findIndex((root) => root.size > size);
    roots.push(...this.kept.splice(0, end < 0 ? this.kept.length : end));
    this.count += roots.length;
    return roots.toSorted((a, b) => a.size - b.size);
  }

  private check({ size, root, note }: SignedCheckpoint): SignedRoot | null {
    const read = this.read(note, '', (signers) => {
      const isVouchedFor = signers.some(({ text }) => this.linked.has(text));
      if (isVouchedFor) for (const { text } of signers) this.linked.add(text);
      return isVouchedFor;
    });
    if (read === null || (read.size === size && read.root.equals(root))) return read;
    this.findings.push(
      finding('forged', null, null, `The checkpoint of ${size} events has another text than its row.`),
    );
    return null;
  }

  private read(
    note: string,
    which: string,
    isVouchedFor: (signers: readonly VerifierKey[]) => boolean,
  ): SignedRoot | null {
    let label = `a checkpoint${which}`;
    try {
      const parsed = parseNote(note);
      const checkpoint = parseCheckpoint(parsed.text);
      label = `the checkpoint of ${checkpoint.size} events${which}`;
      const signers = signersOf(parsed, this.keys);
      if (signers.length === 0) this.forged(label, 'it is signed by none of the keys that this ledger publishes');
      else if (!isVouchedFor(signers)) this.forged(label, 'it is signed by a key that no earlier key has vouched for');
      return { ...checkpoint, label };
    } catch (error) {
      if (!(error instanceof NotProven)) throw error;
      this.forged(label, error.message.replace(/\.$/, ''));
      return null;
    }
  }

  private forged(label: string, why: string): void {
    this.findings.push(finding('forged', null, null, `Something is forged about ${label}: ${why}.`));
  }
}

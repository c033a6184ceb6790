import { setTimeout as delay } from 'node:timers/promises';
import { EMPTY_ROOT, isConsistent, parseCheckpoint, parseNote, signersOf } from '../offline/verify.mjs';
import type { StoredTree } from '../tree/stored-tree.js';
import type { Checkpoints, SignedCheckpoint } from './checkpoints.js';
import { type SigningKey, signCheckpoint } from './signing-key.js';

/** The tree does not begin with what was signed before. Nothing is signed of it. */
export class HistoryRewritten extends Error {
  override readonly name = 'HistoryRewritten';
  readonly code = 'history_rewritten';

  constructor(signed: number, now: number) {
    super(
      `The tree of ${now} events does not begin with the ${signed} events that were signed before. ` +
        'Nothing is signed of it. Run `storyledger verify`, which names what was changed.',
    );
  }
}

/** This process has no signing key. */
export class NoSigningKey extends Error {
  override readonly name = 'NoSigningKey';
  readonly code = 'no_signing_key';

  constructor() {
    super('This process has no signing key. Give it the key file of the ledger (PROOF_KEY_FILE), or ask one that has.');
  }
}

/** Signs the tree as it is, and never one that would contradict what was signed before. */
export class CheckpointSigner {
  private signing: Promise<SignedCheckpoint> | null = null;
  private reload: (() => Promise<SigningKey | null>) | undefined;

  constructor(
    private readonly tree: StoredTree,
    private readonly checkpoints: Checkpoints,
    private key: SigningKey | null,
  ) {}

  get canSign(): boolean {
    return this.key !== null;
  }

  /** `reload` is asked for the key anew once another process has published the next one. */
  use(key: SigningKey | null, reload?: () => Promise<SigningKey | null>): void {
    this.key = key;
    this.reload = reload;
  }

  /** @throws NoSigningKey */
  currentKey(): SigningKey {
    if (this.key === null) throw new NoSigningKey();
    return this.key;
  }

  /**
   * Of the tree as it is; the latest one if nothing has come since. Those who ask while it is being signed share it.
   * @throws NoSigningKey, HistoryRewritten
   */
  sign(): Promise<SignedCheckpoint> {
    this.currentKey();
    this.signing ??= this.signWithNewestKey().finally(() => {
      this.signing = null;
    });
    return this.signing;
  }

  /**
   * Signs with the key of until now and the next one, whose name must be the same, publishes the next one with it, and
   * goes on with that.
   * @throws NoSigningKey, HistoryRewritten
   */
  async rotate(next: SigningKey): Promise<SignedCheckpoint> {
    const checkpoint = await this.signNow([this.currentKey(), next]);
    this.key = next;
    return checkpoint;
  }

  /** Signs whenever the tree has grown, `everyMs`, until `signal`. Errors are reported and tried again. */
  async run(everyMs: number, signal: AbortSignal, onError: (error: unknown) => void): Promise<void> {
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || !this.canSign) continue;
      await this.sign().catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      });
    }
  }

  private async signWithNewestKey(): Promise<SignedCheckpoint> {
    const newest = (await this.checkpoints.keys()).at(-1)?.key.text;
    const isRetired = newest !== undefined && newest !== this.currentKey().verifier.text;
    // A key that was replaced signs nothing more, wherever it still is.
    if (isRetired) this.key = (await this.reload?.()) ?? null;
    if (newest !== undefined && this.currentKey().verifier.text !== newest) this.key = null;
    return this.signNow([this.currentKey()]);
  }

  private async signNow(keys: readonly SigningKey[]): Promise<SignedCheckpoint> {
    const [latest, size] = await Promise.all([this.checkpoints.latest(), this.tree.size()]);
    const isSigned = latest !== null && latest.size === size && isSignedBy(latest.note, keys);
    if (isSigned) return latest;
    const root = await this.tree.root(size);
    // What was signed counts, not what the row says beside it.
    const signed = latest === null ? null : parseCheckpoint(parseNote(latest.note).text);
    const { size: before, root: rootBefore } = signed ?? { size: 0, root: EMPTY_ROOT };
    const proof = before <= size ? await this.tree.consistency(before, size) : [];
    if (!isConsistent(before, size, rootBefore, root, proof)) throw new HistoryRewritten(before, size);
    const note = signCheckpoint({ size, root }, keys);
    const newKey = keys.length > 1 ? keys.at(-1)?.verifier : undefined;
    return this.checkpoints.add({ size, root, note }, newKey);
  }
}

function isSignedBy(note: string, keys: readonly SigningKey[]): boolean {
  return (
    signersOf(
      parseNote(note),
      keys.map(({ verifier }) => verifier),
    ).length === keys.length
  );
}

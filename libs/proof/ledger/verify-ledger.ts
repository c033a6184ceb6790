import type { EventStore, RawEvent } from '#event-store';
import { canonicalEvent } from '../canonical-event.js';
import { eventHash } from '../event-hash.js';
import type { Checkpoints } from '../notes/checkpoints.js';
import { Frontier, type NewNode } from '../tree/frontier.js';
import type { Leaf, StoredTree } from '../tree/stored-tree.js';
import { Ahead } from './ahead.js';
import { diagnose } from './diagnose.js';
import { type Finding, finding, named, type Place } from './findings.js';
import { type SignedRoot, SignedRoots } from './signed-roots.js';

export interface VerifyLedgerOptions {
  readonly store: EventStore;
  readonly tree: StoredTree;
  readonly checkpoints: Checkpoints;
  /** Signed checkpoints that were kept in another place. */
  readonly against?: readonly string[];
  readonly onProgress?: (events: number) => void;
}

export interface LedgerReport {
  /** Events that are what was hashed of them. */
  readonly events: number;
  /** Of the tree. */
  readonly leaves: number;
  /** Checkpoints that were compared. */
  readonly checkpoints: number;
  /** Events at the end of the tree that no checkpoint covers yet. */
  readonly unsigned: number;
  /** Events at the end of the log that the tree does not have yet. */
  readonly pending: number;
  /** None: all holds. The first event that differs comes first. */
  readonly findings: readonly Finding[];
}

const BATCH = 2_000;
interface Held {
  readonly size: number;
  /** The last event of it. */
  readonly last: Place | null;
}

const NOTHING_HELD: Held = { size: 0, last: null };
/** Nodes are stored at every fourth level. */
const STORED_LEVELS = 4;

/**
 * The whole log against its Merkle tree, and the tree against every checkpoint that was signed of it, in one pass and in
 * bounded memory. Writes nothing.
 *
 * @throws EventStoreUnavailable
 */
export async function verifyLedger(options: VerifyLedgerOptions): Promise<LedgerReport> {
  const keys = (await options.checkpoints.keys()).map(({ key }) => key);
  const pass = new Pass(options, new SignedRoots(options.checkpoints, keys, options.against ?? []));
  return pass.run();
}

class Pass {
  private readonly frontier = new Frontier();
  private readonly leaves: Ahead<Leaf>;
  private readonly nodes = new Map<number, Ahead<NewNode>>();
  /** Events that are what the tree has, from the first on. */
  private matched = 0;
  private difference: Finding | null = null;
  private rewritten: Finding | null = null;
  private badNode: NewNode | null = null;
  /** The last signed root that holds, and the last one of a smaller tree. */
  private held: Held = NOTHING_HELD;
  private heldBefore: Held = NOTHING_HELD;

  constructor(
    private readonly options: VerifyLedgerOptions,
    private readonly roots: SignedRoots,
  ) {
    this.leaves = new Ahead(options.tree.leaves(BATCH));
  }

  async run(): Promise<LedgerReport> {
    await this.compare(await this.roots.upTo(0), []);
    const pending = await this.readEvents();
    await this.readOtherLeaves();
    await this.refuseMissing();
    await this.leaves.end();
    for (const nodes of this.nodes.values()) await nodes.end();
    return {
      events: this.matched,
      leaves: this.frontier.size,
      checkpoints: this.roots.checked,
      unsigned: this.frontier.size - this.held.size,
      pending,
      findings: this.findings(),
    };
  }

  /** Up to the first that differs. Answers how many events the tree does not have yet. */
  private async readEvents(): Promise<number> {
    let pending = 0;
    for await (const events of this.options.store.readRaw({ batchSize: BATCH })) {
      const leaves = await this.leaves.take(events.length);
      pending += events.length - leaves.length;
      const same = this.matching(events, leaves);
      await this.grow(leaves.slice(0, same));
      this.matched += same;
      this.options.onProgress?.(this.matched);
      const [leaf, event] = [leaves[same], events[same]];
      if (leaf === undefined || event === undefined) continue;
      this.difference = await diagnose(this.options, leaf, event);
      await this.grow(leaves.slice(same));
      return 0;
    }
    return pending;
  }

  private matching(events: readonly RawEvent[], leaves: readonly Leaf[]): number {
    const differs = leaves.findIndex((leaf, n) => {
      const event = events[n];
      return event === undefined || !isHashOf(leaf, event);
    });
    return differs < 0 ? leaves.length : differs;
  }

  /** The log has ended, or differs: what is left of the tree still has to be what was signed. */
  private async readOtherLeaves(): Promise<void> {
    for (;;) {
      const leaves = await this.leaves.take(BATCH);
      const [first] = leaves;
      if (first === undefined) return;
      this.difference ??= await diagnose(this.options, first, null);
      await this.grow(leaves);
    }
  }

  private async grow(leaves: readonly Leaf[]): Promise<void> {
    if (leaves.length === 0) return;
    const roots = await this.roots.upTo(this.frontier.size + leaves.length);
    const made: NewNode[] = [];
    let next = 0;
    for (const leaf of leaves) {
      if (leaf.index !== this.frontier.size) this.difference ??= missingLeaf(this.frontier.size, leaf);
      this.frontier.append(leaf.hash, (node) => {
        if (node.level % STORED_LEVELS === 0) made.push(node);
      });
      for (; roots[next]?.size === this.frontier.size; next++) this.holds(roots[next], leaf);
    }
    await this.compare([], made);
  }

  private async compare(roots: readonly SignedRoot[], made: readonly NewNode[]): Promise<void> {
    for (const root of roots) this.holds(root, null);
    for (const level of new Set(made.map((node) => node.level))) {
      const nodes = made.filter((node) => node.level === level);
      const known = this.nodes.get(level) ?? new Ahead(this.options.tree.nodes(level, BATCH));
      this.nodes.set(level, known);
      const stored = await known.take(nodes.length);
      const bad = nodes.find((node, n) => stored[n]?.index !== node.index || !stored[n].hash.equals(node.hash));
      if (this.badNode === null || level < this.badNode.level) this.badNode = bad ?? this.badNode;
    }
  }

  private holds(root: SignedRoot | undefined, leaf: Leaf | null): void {
    if (root === undefined || this.rewritten !== null) return;
    const { size, label } = root;
    if (this.frontier.root().equals(root.root)) {
      if (size > this.held.size) this.heldBefore = this.held;
      this.held = { size, last: leaf };
      return;
    }
    const isFork = this.held.size === size && size > 0;
    const { size: from, last } = isFork ? this.heldBefore : this.held;
    const first = `The first event that differs is among ${from} to ${size - 1}`;
    const after =
      last === null ? 'none before it was signed.' : `what came before is signed, up to ${named(from - 1, last)}.`;
    this.rewritten = isFork
      ? finding(
          'forked',
          from,
          null,
          `History forks: two logs of ${size} events were signed, and ${label} is of the other. ${first}; ${after}`,
        )
      : finding('rewritten', from, null, `History was rewritten: ${label} does not fit the tree. ${first}; ${after}`);
  }

  /** Checkpoints of a larger log than there is. */
  private async refuseMissing(): Promise<void> {
    const [root] = await this.roots.upTo(Number.MAX_SAFE_INTEGER);
    if (root === undefined) return;
    const { size } = this.frontier;
    const message = `Events ${size} to ${root.size - 1} were removed: ${root.label} covers them.`;
    this.difference ??= finding('removed', size, null, message);
  }

  private findings(): readonly Finding[] {
    const { difference, rewritten, badNode } = this;
    const found = [difference, this.narrowed(rewritten)].filter((one) => one !== null);
    if (badNode !== null && rewritten === null && difference === null) {
      const { level, index } = badNode;
      const message = `Node ${index} of level ${level} of the stored tree is not that of its leaves.`;
      found.push(finding('tree_altered', null, null, message));
    }
    return [...found, ...this.roots.findings];
  }

  /** A node that was not rewritten with its leaves says more exactly where. */
  private narrowed(rewritten: Finding | null): Finding | null {
    if (rewritten === null || this.badNode === null || rewritten.index === null) return rewritten;
    const { level, index } = this.badNode;
    const from = Math.max(rewritten.index, index * 2 ** level);
    const message = `${rewritten.message} By the stored tree it is among ${from} to ${(index + 1) * 2 ** level - 1}.`;
    return { ...rewritten, index: from, message };
  }
}

function isHashOf(leaf: Leaf, event: RawEvent): boolean {
  try {
    const isSame = event.id === leaf.eventId && event.revision === leaf.revision && event.stream === leaf.stream;
    return isSame && eventHash(canonicalEvent(event)).equals(leaf.hash);
  } catch {
    // What has no canonical form was never hashed.
    return false;
  }
}

function missingLeaf(index: number, leaf: Leaf): Finding {
  const message = `The leaf of event ${index} was removed from the tree: ${named(leaf.index, leaf)} follows.`;
  return finding('tree_altered', index, null, message);
}

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeededEvents } from '#event-store/testing';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { canonicalEvent } from '../canonical-event.js';
import { MemoryTree } from '../testing/memory-tree.js';
import { MerkleProjector } from './merkle-projector.js';

describe('the Merkle tree of a log', () => {
  const make = new SeededEvents(0x3e);
  let newsroom: Newsroom;
  beforeEach(async () => {
    newsroom = await openNewsroom();
  });
  afterEach(() => newsroom.close());

  const append = (count: number) => newsroom.store.append(make.threadStream(), 'none', make.newEvents(count));
  const projector = (batchSize: number) =>
    new MerkleProjector({ store: newsroom.store, tree: newsroom.proof.tree, batchSize });

  async function expectedTree(): Promise<{ readonly tree: MemoryTree; readonly size: number }> {
    const leaves: Buffer[] = [];
    for await (const events of newsroom.store.readRaw()) {
      leaves.push(...events.map((event) => Buffer.from(canonicalEvent(event), 'utf8')));
    }
    return { tree: new MemoryTree(leaves), size: leaves.length };
  }

  it('gives the roots and proofs of a tree in memory, at every size', async () => {
    for (const count of [1, 2, 13, 16, 240, 3, 26]) {
      await append(count);
      await projector(7).catchUp();
    }
    const { tree, size } = await expectedTree();
    const stored = newsroom.proof.tree;
    expect(await stored.tip()).toMatchObject({ size, position: await newsroom.store.head() });
    for (const at of [0, 1, 2, 3, 15, 16, 17, 31, 64, 255, 256, 257, 300, size]) {
      expect(await stored.root(at), `root of ${at}`).toEqual(tree.root(at));
      if (at > 0) expect(await stored.consistency(at, size), `from ${at}`).toEqual(tree.consistency(at, size));
      for (const index of [0, at - 2, at - 1, Math.floor(at / 2)].filter((n) => n >= 0 && n < at)) {
        expect(await stored.inclusion(index, at), `${index} in ${at}`).toEqual(tree.inclusion(index, at));
      }
    }
    await expect(stored.root(size + 1)).rejects.toThrow(RangeError);
  });

  it('is one history when several projectors append to it at once, and some of them end in the middle', async () => {
    const ends = [new AbortController(), new AbortController(), new AbortController()];
    const running = ends.map((end, n) => projector(5 + n).run(end.signal));
    for (let round = 0; round < 20; round++) {
      await append(17);
      if (round === 7) ends[0]?.abort();
      if (round === 13) ends[1]?.abort();
    }
    const head = await newsroom.store.head();
    while ((await newsroom.proof.tree.tip()).position < head) await delay(10);
    for (const end of ends) end.abort();
    await Promise.all(running);
    const { tree, size } = await expectedTree();
    expect(size).toBe(340);
    expect(await newsroom.proof.tree.root(size)).toEqual(tree.root(size));
    expect((await newsroom.proof.tree.frontier(size)).root()).toEqual(tree.root(size));
  });

  it('goes on after what broke it', async () => {
    const errors: unknown[] = [];
    const end = new AbortController();
    const { store, proof, database } = newsroom;
    await append(3);
    await database.ownerPool.query('REVOKE INSERT ON proof.leaves FROM storyledger_app');
    const running = new MerkleProjector({ store, tree: proof.tree, onError: (error) => errors.push(error) }).run(
      end.signal,
    );
    while (errors.length === 0) await delay(5);
    await database.ownerPool.query('GRANT INSERT ON proof.leaves TO storyledger_app');
    while ((await proof.tree.size()) < 3) await delay(5);
    end.abort();
    await running;
    expect(await proof.tree.root(3)).toEqual((await expectedTree()).tree.root(3));
  });

  describe.each([
    ['the application', () => newsroom.database.appPool],
    ['the owner', () => newsroom.database.ownerPool],
  ])('is never changed by %s', (_, pool) => {
    it.each(['leaves', 'nodes', 'keys', 'checkpoints'])('not its %s', async (table) => {
      const column = { leaves: 'hash', nodes: 'hash', keys: 'verifier_key', checkpoints: 'note' }[table];
      for (const statement of [
        `UPDATE proof.${table} SET ${column} = ${column}`,
        `DELETE FROM proof.${table}`,
        `TRUNCATE proof.${table}`,
      ]) {
        await expect(pool().query(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
    });
  });
});

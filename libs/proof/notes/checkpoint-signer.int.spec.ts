import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeededEvents } from '#event-store/testing';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { isConsistent, parseCheckpoint, parseNote, signersOf } from '../offline/verify.mjs';
import { Proof } from '../proof.js';
import { SigningKey } from './signing-key.js';

describe('signed checkpoints', () => {
  const make = new SeededEvents(0x5c);
  const key = SigningKey.generate('example.org/ledger');
  let newsroom: Newsroom;
  let proof: Proof;
  beforeEach(async () => {
    newsroom = await openNewsroom();
    proof = new Proof({ pool: newsroom.database.appPool, store: newsroom.store, key });
    await proof.checkpoints.addFirstKey(key.verifier);
  });
  afterEach(() => newsroom.close());

  async function record(count: number): Promise<void> {
    await newsroom.store.append(make.threadStream(), 'none', make.newEvents(count));
    await proof.projector().catchUp();
  }

  it('hold the root of the tree, and one history from each to the next', async () => {
    const signed = [await proof.signer.sign()];
    for (const count of [1, 4, 20]) {
      await record(count);
      signed.push(await proof.signer.sign());
    }
    expect(signed.map(({ size }) => size)).toEqual([0, 1, 5, 25]);
    for (const [n, { size, root, note }] of signed.entries()) {
      const parsed = parseNote(note);
      expect(signersOf(parsed, [key.verifier])).toHaveLength(1);
      expect(parseCheckpoint(parsed.text)).toEqual({ origin: 'example.org/ledger', size, root });
      const before = signed[n - 1];
      if (before === undefined) continue;
      const path = await proof.tree.consistency(before.size, size);
      expect(isConsistent(before.size, size, before.root, root, path)).toBe(true);
    }
    expect(await proof.checkpoints.list(2)).toEqual(signed.slice(2).reverse());
    expect(await proof.checkpoints.firstWith(1)).toEqual(signed[2]);
  });

  it('are not signed again while nothing has come', async () => {
    await record(3);
    const [first, second] = await Promise.all([proof.signer.sign(), proof.signer.sign()]);
    expect(second).toEqual(first);
    expect(await proof.signer.sign()).toEqual(first);
    expect(await proof.checkpoints.list(10)).toHaveLength(1);
  });

  it('are signed by both keys when the key changes, and both keys are published', async () => {
    await record(2);
    const before = await proof.signer.sign();
    const next = SigningKey.generate('example.org/ledger');
    const rotation = await proof.signer.rotate(next);
    expect(signersOf(parseNote(rotation.note), [key.verifier, next.verifier])).toHaveLength(2);
    await record(2);
    const after = await proof.signer.sign();
    const keys = (await proof.checkpoints.keys()).map((published) => published.key);
    expect(keys.map(({ text }) => text)).toEqual([key.verifier.text, next.verifier.text]);
    expect(signersOf(parseNote(before.note), keys).map(({ id }) => id)).toEqual([key.verifier.id]);
    expect(signersOf(parseNote(after.note), keys).map(({ id }) => id)).toEqual([next.verifier.id]);
  });

  it('are not signed any more with a key that another process has replaced', async () => {
    const next = SigningKey.generate('example.org/ledger');
    const stale = new Proof({ pool: newsroom.database.appPool, store: newsroom.store, key });
    const reloading = new Proof({ pool: newsroom.database.appPool, store: newsroom.store });
    reloading.signer.use(key, async () => next);
    await record(1);
    await proof.signer.rotate(next);
    await record(1);
    await expect(stale.signer.sign()).rejects.toMatchObject({ code: 'no_signing_key' });
    const { note } = await reloading.signer.sign();
    expect(signersOf(parseNote(note), [key.verifier, next.verifier])).toEqual([next.verifier]);
  });

  it('are refused of a tree that does not begin with what was signed', async () => {
    await record(5);
    await proof.signer.sign();
    await newsroom.database.ownerPool.query(`
      ALTER TABLE proof.leaves DISABLE TRIGGER leaves_are_immutable;
      UPDATE proof.leaves SET hash = sha256('another') WHERE leaf_index = 2`);
    await record(1);
    await expect(proof.signer.sign()).rejects.toMatchObject({ code: 'history_rewritten' });
  });

  it('are signed by nobody who has no key', () => {
    const other = new Proof({ pool: newsroom.database.appPool, store: newsroom.store });
    expect(() => other.signer.sign()).toThrow(expect.objectContaining({ code: 'no_signing_key' }));
  });

  it('have one first key, whoever asks first', async () => {
    const fresh = await openNewsroom();
    const keys = Array.from({ length: 6 }, () => SigningKey.generate('x').verifier);
    const won = await Promise.all(keys.map((one) => fresh.proof.checkpoints.addFirstKey(one)));
    expect(won.filter(Boolean)).toHaveLength(1);
    const published = await fresh.proof.checkpoints.keys();
    expect(published.map(({ key: { text } }) => text)).toEqual([keys[won.indexOf(true)]?.text]);
    await fresh.close();
  });
});

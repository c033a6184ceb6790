import { CoMETRE } from '@transmute/rfc9162';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_ROOT, isConsistent, leafHash, rootOfInclusion } from '../offline/verify.mjs';
import { MemoryTree } from '../testing/memory-tree.js';

/** The leaves of the tests of certificate-transparency, and the roots of the trees of the first 1 to 8 of them. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => Buffer.from(hex, 'hex'),
);
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const A = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
const B = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const C = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const D = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
const E = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const F = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';
const [R1 = '', R2 = '', , R4 = ''] = ROOTS;

const hex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'));

describe('the known answers of certificate-transparency', () => {
  const tree = new MemoryTree(LEAVES);

  it('hold for the empty tree and for the roots of its eight leaves', () => {
    expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(ROOTS.map((_, n) => tree.root(n + 1).toString('hex'))).toEqual(ROOTS);
  });

  it.each([
    [0, 1, []],
    [0, 8, [A, B, C]],
    [5, 8, [D, E, R4]],
    [2, 3, [R2]],
    [1, 5, [R1, B, D]],
  ] as const)('hold for the inclusion of leaf %i in a tree of %i', (index, size, expected) => {
    expect(hex(tree.inclusion(index, size))).toEqual(expected);
  });

  it.each([
    [1, 1, []],
    [1, 8, [A, B, C]],
    [6, 8, [F, E, R4]],
    [2, 5, [B, D]],
  ] as const)('hold for the consistency of a tree of %i with one of %i', (from, to, expected) => {
    expect(hex(tree.consistency(from, to))).toEqual(expected);
  });
});

/** A tree with two sizes of it, both at least 1. */
const trees = fc
  .array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 70 })
  .chain((leaves) => fc.tuple(fc.constant(leaves), fc.nat(leaves.length - 1), fc.nat(leaves.length - 1)))
  .map(([leaves, one, other]) => ({
    leaves,
    tree: new MemoryTree(leaves),
    from: Math.min(one, other) + 1,
    to: Math.max(one, other) + 1,
  }));

describe('an independent implementation (npm @transmute/rfc9162)', () => {
  const { RFC9162_SHA256: other } = CoMETRE;

  it('gives the same roots and proofs, and verifies ours', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async ({ leaves, tree, from, to }) => {
        // Its leaves are hashed already.
        const all = await Promise.all(leaves.slice(0, to).map((leaf) => other.leaf(leaf)));
        const first = all.slice(0, from);
        expect(Buffer.from(await other.root(all))).toEqual(tree.root(to));
        const index = from - 1;
        const theirs = await other.inclusion_proof(index, all);
        expect(theirs.inclusion_path.map((hash) => Buffer.from(hash))).toEqual(tree.inclusion(index, to));
        const ours = { ...theirs, inclusion_path: [...tree.inclusion(index, to)] };
        const leaf = all[index] ?? new Uint8Array();
        expect(Buffer.from(await other.verify_inclusion_proof(leaf, ours))).toEqual(tree.root(to));
        if (from === to) return;
        const inclusion = await other.inclusion_proof(index, first);
        const consistency = await other.consistency_proof(inclusion, all);
        // It repeats the old root where the old tree is a subtree of the new one, which the RFC leaves out.
        const known = Number.isInteger(Math.log2(from)) ? [tree.root(from)] : [];
        const path = [...known, ...tree.consistency(from, to)];
        expect(consistency.consistency_path.map((hash) => Buffer.from(hash))).toEqual(path);
        const mine = { ...consistency, consistency_path: path };
        expect(await other.verify_consistency_proof(tree.root(from), tree.root(to), mine)).toBe(true);
      }),
    );
  });
});

describe('a proof', () => {
  it('of inclusion leads to the root, and no other leaf, place, tree or path does', () => {
    fc.assert(
      fc.property(trees, fc.nat(), ({ leaves, tree, from, to }, pick) => {
        const index = from - 1;
        const leaf = leafHash(leaves[index] ?? new Uint8Array());
        const path = tree.inclusion(index, to);
        const root = tree.root(to);
        expect(rootOfInclusion(index, to, leaf, path)).toEqual(root);
        expect(rootOfInclusion(index, to, leafHash(Buffer.from('another')), path)).not.toEqual(root);
        expect(rootOfInclusion(index, to, leaf, [...path, root])).toBeNull();
        expect(rootOfInclusion(to, to, leaf, path)).toBeNull();
        if (path.length === 0) return;
        expect(rootOfInclusion(index, to, leaf, path.slice(1))).toBeNull();
        const wrong = path.map((hash, at) => (at === pick % path.length ? flip(hash, pick) : hash));
        expect(rootOfInclusion(index, to, leaf, wrong)).not.toEqual(root);
      }),
    );
  });

  it('of consistency holds for both roots, and for no others', () => {
    fc.assert(
      fc.property(trees, fc.nat(), ({ tree, from, to }, pick) => {
        const [old, now] = [tree.root(from), tree.root(to)];
        const path = tree.consistency(from, to);
        expect(isConsistent(from, to, old, now, path)).toBe(true);
        expect(isConsistent(0, to, EMPTY_ROOT, now, [])).toBe(true);
        expect(isConsistent(from, to, flip(old, pick), now, path)).toBe(false);
        expect(isConsistent(from, to, old, flip(now, pick), path)).toBe(false);
        expect(isConsistent(from, to, old, now, [...path, now])).toBe(false);
        expect(isConsistent(to + 1, to, old, now, path)).toBe(false);
        if (path.length === 0) return;
        const wrong = path.map((hash, at) => (at === pick % path.length ? flip(hash, pick) : hash));
        expect(isConsistent(from, to, old, now, wrong)).toBe(false);
      }),
    );
  });
});

function flip(hash: Buffer, pick: number): Buffer {
  const changed = Buffer.from(hash);
  changed[pick % 32] = (changed[pick % 32] ?? 0) ^ (1 << (pick % 8));
  return changed;
}

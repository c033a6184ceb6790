import { describe, expect, it } from 'vitest';
import {
  formatProof,
  NotProven,
  parseCheckpoint,
  parseKey,
  parseNote,
  parseProof,
  signersOf,
} from '../offline/verify.mjs';
import { BadSigningKey, SigningKey, signCheckpoint, signNote } from './signing-key.js';

/** The example of golang.org/x/mod/sumdb/note, which C2SP signed-note was made after. */
const GO_SECRET = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_TEXT =
  'If you think cryptography is the answer to your problem,\n' + "then you don't know what your problem is.\n";
const GO_NOTE =
  `${GO_TEXT}\n` +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

describe('a signed note', () => {
  it('is the very one that Go makes with the same key', () => {
    const key = SigningKey.parse(GO_SECRET);
    expect(key.verifier.text).toBe(GO_KEY);
    expect(key.secretText()).toBe(`${GO_SECRET}\n`);
    expect(signNote(GO_TEXT, [key])).toBe(GO_NOTE);
    expect(signersOf(parseNote(GO_NOTE), [parseKey(GO_KEY)])).toHaveLength(1);
  });

  it('shows each change of its text, its signature and its key', () => {
    const keys = [parseKey(GO_KEY)];
    for (let at = 0; at < GO_NOTE.length; at++) {
      const changed = `${GO_NOTE.slice(0, at)}${GO_NOTE[at] === 'q' ? 'r' : 'q'}${GO_NOTE.slice(at + 1)}`;
      expect(signed(changed), `character ${at}`).toBe(false);
    }
    for (let at = 0; at < GO_KEY.length; at++) {
      const changed = `${GO_KEY.slice(0, at)}${GO_KEY[at] === 'a' ? 'b' : 'a'}${GO_KEY.slice(at + 1)}`;
      expect(() => parseKey(changed), `character ${at}`).toThrow(NotProven);
    }
    function signed(note: string): boolean {
      try {
        return signersOf(parseNote(note), keys).length > 0;
      } catch (error) {
        if (error instanceof NotProven) return false;
        throw error;
      }
    }
  });

  it('may carry signatures of others, which prove nothing and harm nothing', () => {
    const [mine, witness] = [SigningKey.generate('example.org/ledger'), SigningKey.generate('witness.example')];
    const note = signNote('text\n', [mine, witness]);
    expect(signersOf(parseNote(note), [mine.verifier])).toEqual([mine.verifier]);
    expect(signersOf(parseNote(note), [SigningKey.generate('example.org/ledger').verifier])).toEqual([]);
  });
});

describe('a checkpoint', () => {
  it('says which ledger, how many events, and their root', () => {
    const key = SigningKey.generate('example.org/ledger');
    const root = Buffer.alloc(32, 7);
    const { text } = parseNote(signCheckpoint({ size: 12, root }, [key]));
    expect(text).toBe(`example.org/ledger\n12\n${root.toString('base64')}\n`);
    expect(parseCheckpoint(text)).toEqual({ origin: 'example.org/ledger', size: 12, root });
  });

  it.each(['\n1\nAAAA\n', 'x\n01\nAAAA\n', 'x\n1\nAAAA\n', 'x\n-1\nAAAA\n', ''])('is not %j', (text) => {
    expect(() => parseCheckpoint(text)).toThrow(NotProven);
  });
});

describe('a proof in writing', () => {
  const text = formatProof(7, [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], GO_NOTE);

  it('is read as it was written', () => {
    const proof = { index: 7, path: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], checkpoint: GO_NOTE };
    expect(text.startsWith('c2sp.org/tlog-proof@v1\nindex 7\n')).toBe(true);
    expect(parseProof(text)).toEqual(proof);
    expect(parseProof(formatProof(0, [], GO_NOTE))).toMatchObject({ index: 0, path: [] });
  });

  it.each([
    ['another format', text.replace('v1', 'v2')],
    ['a broken hash', text.replace('AQEB', 'AQE')],
    ['an index that is none', text.replace('index 7', 'index 07')],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n'))],
  ])('is refused with %s', (_, broken) => {
    expect(() => parseProof(broken)).toThrow(NotProven);
  });
});

describe('a key file', () => {
  it.each(['', 'PRIVATE+KEY+x+00000000+AAAA', GO_SECRET.replace('c74f', 'c74e'), GO_KEY])(
    'that holds something else is refused, and its content is not shown',
    (text) => {
      expect(() => SigningKey.parse(text)).toThrow(BadSigningKey);
      expect(() => SigningKey.parse(text)).not.toThrow(/AYEKFA/);
    },
  );
});

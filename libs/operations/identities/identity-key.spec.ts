import { describe, expect, it } from 'vitest';
import { BadIdentityKey, commitmentOf, IdentityKey } from './identity-key.js';

const SOURCE = '01900000-0002-7000-8000-000000000001';

describe('the key of sealed identities', () => {
  const key = IdentityKey.generate();

  it('opens what it has sealed, and its commitment is to just that', () => {
    const box = key.seal(SOURCE, 'Zoë 김');
    const { identity, salt } = IdentityKey.parse(key.secretText()).open(SOURCE, box);
    expect(identity).toBe('Zoë 김');
    expect(commitmentOf(Buffer.from(salt, 'hex'), identity)).toBe(box.commitment);
    expect(key.seal(SOURCE, 'Zoë 김').commitment).not.toBe(box.commitment);
  });

  it('opens nothing that was changed, or is of another source or key', () => {
    const box = key.seal(SOURCE, 'Zoë');
    for (let at = 0; at < box.ciphertext.length; at++) {
      const ciphertext = Buffer.from(box.ciphertext);
      ciphertext[at] = (ciphertext[at] ?? 0) ^ 1;
      expect(() => key.open(SOURCE, { ...box, ciphertext })).toThrow();
    }
    expect(() => key.open(SOURCE.replace('1', '2'), box)).toThrow();
    expect(() => IdentityKey.generate().open(SOURCE, box)).toThrow();
  });

  it('is read from nothing else', () => {
    for (const text of ['', 'storyledger-identity-key/1 AAAA', `x${key.secretText()}`]) {
      expect(() => IdentityKey.parse(text)).toThrow(BadIdentityKey);
    }
  });
});

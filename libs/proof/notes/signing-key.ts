import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type VerifierKey, verifierKey } from '../offline/verify.mjs';

const ED25519 = 1;
/** What stands before the 32 bytes of an Ed25519 seed in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const TEXT = /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/;

/** A key file does not hold what it should; its content is never shown. */
export class BadSigningKey extends Error {
  override readonly name = 'BadSigningKey';
  readonly code = 'bad_signing_key';
}

/** An Ed25519 key with the name of the ledger that it signs for, as Go's sumdb/note writes it. */
export class SigningKey {
  readonly verifier: VerifierKey;
  private readonly privateKey: KeyObject;

  private constructor(
    readonly name: string,
    private readonly seed: Buffer,
  ) {
    this.privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.privateKey).export({ format: 'der', type: 'spki' });
    this.verifier = verifierKey(name, spki.subarray(-32));
  }

  /** @param name without white space or `+` */
  static generate(name: string): SigningKey {
    return new SigningKey(name, randomBytes(32));
  }

  /** @throws BadSigningKey */
  static parse(text: string): SigningKey {
    const [, name, id, base64] = TEXT.exec(text.trim()) ?? [];
    const typed = Buffer.from(base64 ?? '', 'base64');
    if (name === undefined || typed.length !== 33 || typed[0] !== ED25519) {
      throw new BadSigningKey('It does not hold a key of the form PRIVATE+KEY+name+id+base64.');
    }
    const key = new SigningKey(name, typed.subarray(1));
    if (key.verifier.id !== id) throw new BadSigningKey('The id in it is not that of the key.');
    return key;
  }

  /** For the key file, and nothing else. */
  secretText(): string {
    const typed = Buffer.concat([Uint8Array.of(ED25519), this.seed]);
    return `PRIVATE+KEY+${this.name}+${this.verifier.id}+${typed.toString('base64')}\n`;
  }

  /** A signature line of a signed note. */
  signatureLine(text: string): string {
    const signature = sign(null, Buffer.from(text, 'utf8'), this.privateKey);
    const bytes = Buffer.concat([Buffer.from(this.verifier.id, 'hex'), signature]);
    return `\u2014 ${this.name} ${bytes.toString('base64')}\n`;
  }
}

/** C2SP signed-note: `text`, which ends with a line feed, signed by each of the keys. */
export function signNote(text: string, keys: readonly SigningKey[]): string {
  return `${text}\n${keys.map((key) => key.signatureLine(text)).join('')}`;
}

/** C2SP tlog-checkpoint. */
export function signCheckpoint(
  tree: { readonly size: number; readonly root: Buffer },
  keys: readonly SigningKey[],
): string {
  const [first] = keys;
  if (first === undefined) throw new RangeError('A checkpoint is signed by at least one key.');
  return signNote(`${first.name}\n${tree.size}\n${tree.root.toString('base64')}\n`, keys);
}

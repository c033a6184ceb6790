import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const TEXT = /^storyledger-identity-key\/1 ([A-Za-z0-9+/]{43}=)\s*$/;
const SALT_BYTES = 32;
const TAG_BYTES = 16;

/** An identity as it is stored. */
export interface SealedBox {
  readonly keyId: string;
  readonly commitment: string;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
}

/** A key file does not hold what it should; its content is never shown. */
export class BadIdentityKey extends Error {
  override readonly name = 'BadIdentityKey';
}

/** Encrypts the identities of sealed sources: AES-256-GCM, each bound to its source. */
export class IdentityKey {
  /** Says nothing of the key itself. */
  readonly id: string;

  private constructor(private readonly bytes: Buffer) {
    this.id = createHash('sha256').update('storyledger identity key\n').update(bytes).digest('hex').slice(0, 16);
  }

  static generate(): IdentityKey {
    return new IdentityKey(randomBytes(32));
  }

  /** @throws BadIdentityKey */
  static parse(text: string): IdentityKey {
    const [, base64] = TEXT.exec(text) ?? [];
    if (base64 === undefined)
      throw new BadIdentityKey('It does not hold a key of the form storyledger-identity-key/1.');
    return new IdentityKey(Buffer.from(base64, 'base64'));
  }

  /** For the key file, and nothing else. */
  secretText(): string {
    return `storyledger-identity-key/1 ${this.bytes.toString('base64')}\n`;
  }

  seal(sourceId: string, identity: string): SealedBox {
    const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(12)];
    const cipher = createCipheriv('aes-256-gcm', this.bytes, nonce);
    cipher.setAAD(Buffer.from(sourceId, 'utf8'));
    const body = Buffer.concat([cipher.update(salt), cipher.update(identity, 'utf8'), cipher.final()]);
    const ciphertext = Buffer.concat([body, cipher.getAuthTag()]);
    return { keyId: this.id, commitment: commitmentOf(salt, identity), nonce, ciphertext };
  }

  /** @throws Error when it was changed, or is of another source or key */
  open(sourceId: string, { nonce, ciphertext }: SealedBox): { readonly identity: string; readonly salt: string } {
    const decipher = createDecipheriv('aes-256-gcm', this.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(sourceId, 'utf8'));
    decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(ciphertext.subarray(0, -TAG_BYTES)), decipher.final()]);
    return {
      identity: plain.subarray(SALT_BYTES).toString('utf8'),
      salt: plain.subarray(0, SALT_BYTES).toString('hex'),
    };
  }
}

/** What the log holds of an identity: without the salt it says nothing, with it it proves who was sealed. */
export function commitmentOf(salt: Uint8Array, identity: string): string {
  return createHash('sha256').update(salt).update(identity, 'utf8').digest('hex');
}

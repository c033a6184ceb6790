import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET = /^sl_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** Anywhere in a text: what must never reach a log. */
export const SECRET_IN_TEXT = /sl_[0-9a-f]{32}_[A-Za-z0-9_-]{43}/g;

/** `sl_<key id without dashes>_<32 random bytes, base64url>`: one word in an editor, found by its id, known by its prefix. */
export function newSecret(keyId: string): string {
  return `sl_${keyId.replaceAll('-', '')}_${randomBytes(32).toString('base64url')}`;
}

export function keyIdOf(secret: string): string | null {
  const parts = SECRET.exec(secret);
  return parts === null ? null : parts.slice(1, 6).join('-');
}

/**
 * A plain SHA-256, on purpose: a slow, salted hash protects secrets that people choose, which can be guessed. These are
 * 256 random bits, which nobody can try out whatever the hash costs, and one is checked with every request.
 */
export function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** Takes the same time wherever the two differ. */
export function matches(secret: string, stored: Buffer): boolean {
  return timingSafeEqual(hashOf(secret), stored);
}

/** Whether it is the one that matched before, at a fifth of what its hash costs; takes the same time wherever they differ. */
export function isSame(secret: string, matched: Buffer): boolean {
  const bytes = Buffer.from(secret, 'latin1');
  return bytes.length === matched.length && timingSafeEqual(bytes, matched);
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** 32 random bytes: nobody can try them out, so that a plain hash of them is enough to store. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Null: not the form of a token, and so none of ours. */
export function tokenHash(token: string): Buffer | null {
  return TOKEN.test(token) ? createHash('sha256').update(token, 'ascii').digest() : null;
}

/**
 * What a page must send with a session's cookie to change anything. It follows from the session's token, which no
 * script can read, and does not lead back to it.
 */
export function csrfTokenOf(token: string): string {
  return createHash('sha256').update(`csrf ${token}`, 'ascii').digest('base64url');
}

export function isCsrfTokenOf(token: string, sent: string): boolean {
  const expected = Buffer.from(csrfTokenOf(token), 'ascii');
  const given = Buffer.from(sent, 'utf8');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

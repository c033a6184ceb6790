import { hash } from 'node:crypto';

/** RFC 6962 leaf hash of the canonical bytes: SHA-256 of a byte 0 and the text in UTF-8, without a copy in between. */
export function eventHash(canonical: string): Buffer {
  return hash('sha256', `\0${canonical}`, 'buffer');
}

import { leafHash } from './offline/verify.mjs';

/** RFC 6962 leaf hash of the canonical bytes. */
export function eventHash(canonical: string): Buffer {
  return leafHash(Buffer.from(canonical, 'utf8'));
}

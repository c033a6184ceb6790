/** Of a hash, a key or a signature. */
export type Bytes = Uint8Array<ArrayBuffer>;

const LEAF = 0;
const NODE = 1;

/** RFC 6962, over the canonical text of an event in UTF-8. */
export function leafHash(text: string): Promise<Bytes> {
  return sha256(Uint8Array.of(LEAF), new TextEncoder().encode(text));
}

/**
 * The root that an audit path leads to, as in RFC 9162, section 2.1.3.2.
 * @param path from the leaf upwards
 * @returns null: a path of this length proves nothing of this leaf in a tree of this size
 */
export async function rootOfInclusion(
  index: number,
  size: number,
  leaf: Bytes,
  path: readonly Bytes[],
): Promise<Bytes | null> {
  if (index < 0 || index >= size) return null;
  let [node, last, root] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      root = await sha256(Uint8Array.of(NODE), sibling, root);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else root = await sha256(Uint8Array.of(NODE), root, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? root : null;
}

export async function sha256(...parts: readonly Uint8Array[]): Promise<Bytes> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @throws when the text is no base64 */
export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Not by shifting bits, which ends at 32 of them. */
function half(value: number): number {
  return Math.floor(value / 2);
}

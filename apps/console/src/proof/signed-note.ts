import { type Bytes, fromBase64, hex, sha256 } from './merkle.js';

/** C2SP tlog-checkpoint: what of it is signed, what it says, and by whom it is signed. */
interface Checkpoint {
  readonly text: string;
  readonly size: number;
  readonly root: Bytes;
  readonly signatures: readonly { readonly name: string; readonly id: string; readonly signature: Bytes }[];
}

/** The browser lacks Ed25519. */
export class UnknownSignatures extends Error {
  override readonly name = 'UnknownSignatures';
}

const ED25519 = 1;
const KEY = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/;
const SIGNATURE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/;

/** @returns null: it cannot be read */
export function parseCheckpoint(note: string): Checkpoint | null {
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return null;
  const text = note.slice(0, split + 1);
  const [, size, root] = text.split('\n');
  const lines = note
    .slice(split + 2)
    .split('\n')
    .filter((line) => line !== '');
  const signatures = lines.flatMap((line) => {
    const [, name, base64] = SIGNATURE.exec(line) ?? [];
    if (name === undefined || base64 === undefined) return [];
    const bytes = fromBase64(base64);
    return [{ name, id: hex(bytes.subarray(0, 4)), signature: bytes.slice(4) }];
  });
  if (!/^\d{1,16}$/.test(size ?? '') || signatures.length < lines.length) return null;
  return { text, size: Number(size), root: fromBase64(root ?? ''), signatures };
}

/**
 * Whether one of the keys has signed it.
 * @param keys C2SP verifier keys, such as `example.com/ledger+c74f20a3+ARpc2QcU...`
 * @throws UnknownSignatures
 */
export async function isSignedByOneOf({ text, signatures }: Checkpoint, keys: readonly string[]): Promise<boolean> {
  for (const key of keys) {
    const [, name, id, base64] = KEY.exec(key) ?? [];
    const typed = fromBase64(base64 ?? '');
    const signed = signatures.find((one) => one.name === name && one.id === id);
    if (signed === undefined || typed.length !== 33 || typed[0] !== ED25519) continue;
    // The id of a key is made of its name and its bytes.
    const made = await sha256(new TextEncoder().encode(`${name}\n`), typed);
    if (hex(made.subarray(0, 4)) !== id) continue;
    if (await verifies(typed.slice(1), signed.signature, text)) return true;
  }
  return false;
}

async function verifies(key: Bytes, signature: Bytes, text: string): Promise<boolean> {
  const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']).catch((error: unknown) => {
    throw new UnknownSignatures(String(error));
  });
  return crypto.subtle.verify('Ed25519', imported, signature, new TextEncoder().encode(text));
}

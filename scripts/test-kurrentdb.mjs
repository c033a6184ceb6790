import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './install.mjs';

const { KURRENTDB_BIN, KURRENTDB_URL } = process.env;
if (!KURRENTDB_BIN && !KURRENTDB_URL) {
  console.error(
    'Set KURRENTDB_BIN to a KurrentDB server binary, or KURRENTDB_URL to an empty server, and run this again.',
  );
  process.exit(1);
}
const test = join(root, 'scripts', 'test.mjs');
const { status } = spawnSync(process.execPath, [test, 'kurrentdb', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);

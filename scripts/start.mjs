import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, root } from './install.mjs';
import { NODE_FLAGS } from './node-flags.mjs';

install();
build();
const main = join(root, 'dist', 'apps', 'cli', 'main.js');
const child = spawn(process.execPath, [...NODE_FLAGS, main, 'up', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to the whole group: the app has it already and drains; this one waits. A signal sent to
// this process alone is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));

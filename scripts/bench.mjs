import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { install, root } from './install.mjs';

install();
const node = (...args) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
node(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join('test', 'load', 'tsconfig.json'));
node(join(root, 'dist', 'test', 'load', 'append.bench.js'), ...process.argv.slice(2));

// Benchmarks run as plain JavaScript in a process of their own: nothing of a test runner is measured with them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, install, root } from './install.mjs';

install();
build();
const steps = [
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(root, 'test', 'load', 'tsconfig.json')],
  [join(root, 'dist', 'test', 'load', 'append.bench.js')],
  [join(root, 'dist', 'test', 'load', 'as-of.bench.js')],
  [join(root, 'dist', 'test', 'load', 'verify.bench.js')],
];
for (const step of steps) {
  const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// Benchmarks run as plain JavaScript in a process of their own, with the flags of the program: nothing of a test runner is
// measured with them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from './chromium.mjs';
import { build, install, installPeers, root } from './install.mjs';
import { NODE_FLAGS } from './node-flags.mjs';

install();
build();
// All, or those that are named: npm run bench -- feed reports
const asked = process.argv.slice(2);
const names = [
  ...['append', 'as-of', 'board', 'board-scroll', 'verify', 'feed', 'reports', 'http', 'overload'],
  ...['read-log', 'rebuild', 'lag', 'growth'],
];
const benches = names.filter((name) => asked.length === 0 || asked.includes(name));
if (benches.includes('append')) installPeers();
if (benches.includes('board-scroll')) process.env.CHROMIUM_PATH = chromium();
const steps = [
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(root, 'test', 'load', 'tsconfig.json')],
  ...benches.map((name) => [...NODE_FLAGS, join(root, 'dist', 'test', 'load', `${name}.bench.js`)]),
];
for (const step of steps) {
  const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

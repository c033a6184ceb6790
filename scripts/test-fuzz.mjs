// Sends REQUESTS hostile requests (10,000 when left out) to every route, from SEED (another at each run).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './install.mjs';

const { REQUESTS = '10000', SEED = String(Date.now() % 2 ** 31) } = process.env;
console.log(`To send the same again: SEED=${SEED} REQUESTS=${REQUESTS} npm run test:fuzz`);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'scripts', 'test.mjs'), 'test/fuzz', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, REQUESTS, SEED },
  },
);
process.exit(status ?? 1);

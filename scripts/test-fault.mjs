// Faults against the program as it is built, for as long as ROUNDS says; `npm test` has a few rounds of it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, install, root } from './install.mjs';

install();
build();
const faults = join(root, 'test', 'faults');
const { status } = spawnSync(process.execPath, [join(faults, 'run-typescript.mjs'), join(faults, 'run-faults.ts')], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);

// Known faults of high or critical weight in what ships end it with code 1. A registry that does not answer is no fault of
// the packages: then it says so, and that nothing was checked.
import { spawnSync } from 'node:child_process';
import { root } from './install.mjs';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8' });
const counts = parsed(stdout)?.metadata?.vulnerabilities;
if (counts === undefined) {
  console.log('NOT CHECKED: the registry does not answer `npm audit`.');
} else {
  const { critical, high, moderate, low } = counts;
  console.log(`Known faults in what ships: ${critical} critical, ${high} high, ${moderate} moderate, ${low} low.`);
  if (critical + high > 0) {
    console.error('See npm audit --omit=dev.');
    process.exit(1);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

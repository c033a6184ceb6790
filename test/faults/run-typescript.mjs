import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

/*
 * Runs a TypeScript module of this repository in a process of its own, from source as the tests do: `#domain` and the
 * like must not lead to what a build has left in dist/.
 */
const { imports } = JSON.parse(readFileSync('package.json', 'utf8'));
const alias = Object.entries(imports).map(([name, target]) => ({
  find: new RegExp(`^${name}$`),
  replacement: resolve(target['storyledger-source']),
}));
await runnerImport(resolve(process.argv[2]), { configFile: false, logLevel: 'error', resolve: { alias } });

import { fileURLToPath } from 'node:url';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import manifest from './package.json' with { type: 'json' };

/** The libs' sources under the names that package.json gives them, so that tests need no build. */
const alias = Object.entries(manifest.imports).map(([name, target]) => ({
  find: new RegExp(`^${name}$`),
  replacement: fileURLToPath(new URL(target['storyledger-source'], import.meta.url)),
}));

export default defineConfig({
  // SWC, because dependency injection and class-validator need the decorator metadata that esbuild does not emit.
  plugins: [swc.vite({ module: { type: 'es6' } })],
  resolve: { alias },
  test: {
    include: ['{apps,libs,test}/**/*.spec.ts'],
    reporters: ['default', './test/setup/closing-line.ts'],
    globalSetup: ['test/setup/kurrentdb.notice.mjs', 'test/setup/build.mjs', 'test/setup/postgres.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is waited for comes when it comes: a machine with much else to do is no failure.
    expect: { poll: { timeout: 20_000 } },
  },
});

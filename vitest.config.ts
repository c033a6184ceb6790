import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const sourceConditions = ['storyledger-source', 'module', 'node', 'import', 'default'];

export default defineConfig({
  // SWC, because dependency injection and class-validator need the decorator metadata that esbuild does not emit.
  plugins: [swc.vite({ module: { type: 'es6' } })],
  resolve: { conditions: sourceConditions },
  ssr: { resolve: { conditions: sourceConditions } },
  test: {
    include: ['{apps,libs,test}/**/*.spec.ts'],
    globalSetup: ['test/setup/postgres.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});

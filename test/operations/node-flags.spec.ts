import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Of V8: it is read before the program can set it, so that whatever starts the program must. */
const FLAG = '--max-semi-space-size=64';

describe('the room for young objects', () => {
  it.each(['apps/cli/main.ts', 'docker/Dockerfile', 'scripts/start.mjs', 'test/load/http-processes.ts'])(
    'is the same wherever the program starts: %s',
    (file) => {
      const flags = readFileSync(file, 'utf8').match(/--max-semi-space-size=\d+/g);
      expect(flags).toEqual([FLAG]);
    },
  );
});

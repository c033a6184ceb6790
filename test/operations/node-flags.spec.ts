import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NODE_FLAGS } from '../../scripts/node-flags.mjs';

describe('the flags of Node', () => {
  it.each(['apps/cli/main.ts', 'docker/Dockerfile'])('are the same wherever the program starts: %s', (file) => {
    const start = readFileSync(file, 'utf8').match(/^(#!|ENTRYPOINT).*$/m)?.[0];
    expect(start?.match(/--[\w-]+=\w+/g)).toEqual(NODE_FLAGS);
  });

  it('are known to this Node', () => {
    const { status, stderr } = spawnSync(process.execPath, [...NODE_FLAGS, '--eval', ''], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

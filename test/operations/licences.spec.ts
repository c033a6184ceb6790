import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('what ships is under licences that are allowed, and docs/licences.md lists it', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/licences.mjs', '--check'], { encoding: 'utf8' });
  expect({ status, said: stderr }).toEqual({ status: 0, said: '' });
});

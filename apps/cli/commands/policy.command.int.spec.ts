import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { runCommand } from '../testing/run-command.js';
import { registerPolicy } from './policy.command.js';

describe('storyledger policy', () => {
  let database: TestDatabase;
  let home: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    home = await mkdtemp(join(tmpdir(), 'storyledger-policy-'));
    vi.stubEnv('DATABASE_URL', database.url);
    vi.stubEnv('STORYLEDGER_HOME', home);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  const run = (...words: string[]) => runCommand([registerPolicy], ['policy', ...words]);

  it('shows what is chosen, and chooses another, for the record', async () => {
    const first = await run('show');
    expect(first.err).toContain('New threads open under standard-1.');
    expect(JSON.parse(first.out)).toMatchObject({ name: 'standard', version: 1, sameWordsAreOneVoice: false });
    const used = await run('use', 'standard-2', '--reason', 'One wire is one voice.');
    expect(used.out).toContain('under standard-2 from now on, instead of standard-1');
    expect((await run('use', 'standard-2', '--reason', 'Again.')).out).toContain('already');
    const second = await run('show');
    expect(second.err).toMatch(/New threads open under standard-2, since \S+ \(One wire is one voice\.\)\./);
    expect(JSON.parse(second.out)).toMatchObject({ version: 2, sameWordsAreOneVoice: true });
    const { rows } = await database.appPool.query('SELECT actor_id, action, detail FROM operations.access_log');
    const detail = { policy: 'standard-2', reason: 'One wire is one voice.' };
    expect(rows).toEqual([{ actor_id: 'system:cli', action: 'policy.adopted', detail }]);
  });

  it('shows any policy by its name', async () => {
    expect(JSON.parse((await run('show', 'standard-1')).out)).toMatchObject({ version: 1 });
  });

  it('refuses a name that nobody knows, and a choice without a reason', async () => {
    await expect(run('use', 'standard-9', '--reason', 'Why not.')).rejects.toThrow(/Allowed choices are standard-1/);
    await expect(run('use', 'standard-2')).rejects.toThrow(/--reason/);
    await expect(run('use', 'standard-2', '--reason', ' ')).rejects.toThrow(/1 to 2000 characters/);
  });
});

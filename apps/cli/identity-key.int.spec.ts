import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdentityKey, IdentityVault } from '#operations';
import { readConfig } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../test/setup/test-database.js';
import { openIdentityKey } from './identity-key.js';

describe('the key file of sealed identities', () => {
  let database: TestDatabase;
  let home: string;
  let vault: IdentityVault;
  beforeAll(async () => {
    database = await createTestDatabase();
    home = await mkdtemp(join(tmpdir(), 'storyledger-identity-'));
    vault = new IdentityVault(database.appPool);
  });
  afterAll(async () => {
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });
  const open = (folder: string, makes: boolean) =>
    openIdentityKey(readConfig({ STORYLEDGER_HOME: join(home, folder) }), vault, { makes });

  it('is made by the first process that may, and by no other', async () => {
    expect(await open('reader', false)).toBeNull();
    const opened = await Promise.all(['a', 'b', 'c'].map((folder) => open(folder, true)));
    const made = opened.filter((key) => key !== null);
    expect(made).toHaveLength(1);
    const winner = ['a', 'b', 'c'][opened.indexOf(made[0] ?? null)] ?? '';
    expect((await stat(join(home, winner, 'identity.key'))).mode & 0o777).toBe(0o600);
    expect((await open(winner, false))?.id).toBe(made[0]?.id);
    expect(await open('late', true)).toBeNull();
  });

  it('that is another than the first, or none, is not used', async () => {
    await writeFile(join(home, 'stranger.key'), IdentityKey.generate().secretText(), { mode: 0o600 });
    const config = readConfig({ STORYLEDGER_HOME: home, IDENTITY_KEY_FILE: join(home, 'stranger.key') });
    expect(await openIdentityKey(config, vault, { makes: true })).toBeNull();
    await writeFile(join(home, 'stranger.key'), 'nonsense');
    await expect(openIdentityKey(config, vault, { makes: true })).rejects.toThrow(/is no key file/);
  });
});

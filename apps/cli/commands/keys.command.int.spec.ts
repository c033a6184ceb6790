import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiKeys } from '#operations';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { runCommand } from '../testing/run-command.js';
import { registerKeys } from './keys.command.js';

describe('storyledger keys', () => {
  let database: TestDatabase;
  let home: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    home = await mkdtemp(join(tmpdir(), 'storyledger-keys-'));
    vi.stubEnv('DATABASE_URL', database.url);
    vi.stubEnv('STORYLEDGER_HOME', home);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  /** What the command prints to standard output. */
  const run = async (...words: string[]) => (await runCommand([registerKeys], ['keys', ...words])).out;

  it('makes a key that works, lists it without its secret, and ends it', async () => {
    const secret = (await run('create', 'Asia desk CMS', '--role', 'editor')).trim();
    const verified = await new ApiKeys(database.appPool).verify(secret);
    expect(verified).toMatchObject({ outcome: 'accepted', key: { name: 'Asia desk CMS', role: 'editor' } });
    const keyId = verified.outcome === 'accepted' ? verified.key.keyId : '';

    const listed = await run('list');
    expect(listed).toMatch(new RegExp(`${keyId}\\s+editor\\s+valid .* Asia desk CMS`));
    expect(listed).not.toContain(secret.slice(-43));
    expect(JSON.parse(await run('list', '--json'))).toMatchObject([{ keyId, role: 'editor', revokedAt: null }]);

    expect(await run('revoke', keyId)).toContain('is revoked');
    expect(await run('list')).toMatch(new RegExp(`${keyId}\\s+editor\\s+revoked`));
    expect(await new ApiKeys(database.appPool).verify(secret)).toEqual({ outcome: 'revoked' });
  });

  it('refuses a role, an expiry or an id that makes no sense', async () => {
    await expect(run('create', 'X', '--role', 'root')).rejects.toThrow(/Allowed choices are reader/);
    await expect(run('create', 'X', '--role', 'reader', '--expires', '2001-01-01')).rejects.toThrow(/a moment to come/);
    await expect(run('revoke', 'nobody')).rejects.toThrow('There is no key nobody');
    expect(JSON.parse(await run('list', '--json'))).toHaveLength(1);
  });
});

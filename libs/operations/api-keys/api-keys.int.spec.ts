import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { ApiKeys } from './api-keys.js';
import { hashOf, keyIdOf } from './key-secret.js';

describe('API keys', () => {
  let database: TestDatabase;
  let keys: ApiKeys;
  beforeAll(async () => {
    database = await createTestDatabase();
    keys = new ApiKeys(database.appPool, { rememberMs: 200 });
  });
  afterAll(async () => {
    await keys.settle();
    await database.drop();
  });

  const make = (name = 'Wire') => keys.create({ name, role: 'reporter', createdBy: 'system:test' });

  it('shows the secret once and stores only its hash', async () => {
    const { key, secret } = await make();
    expect(secret).toMatch(/^sl_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/);
    expect(keyIdOf(secret!)).toBe(key.keyId);
    const { rows } = await database.ownerPool.query('SELECT * FROM operations.api_keys WHERE key_id = $1', [key.keyId]);
    expect(rows[0].secret_hash).toEqual(hashOf(secret!));
    expect(JSON.stringify(rows)).not.toContain(secret!.slice(-43));
  });

  it('accepts the secret and says whose it is, without the hash', async () => {
    const { key, secret } = await make('CMS');
    const verified = await keys.verify(secret!);
    expect(verified).toEqual({ outcome: 'accepted', key: { ...key, lastUsedAt: null } });
  });

  it('takes any secret but the right one for unknown', async () => {
    const { secret } = await make();
    const flipped = secret!.slice(0, -2) + (secret!.at(-2) === 'A' ? 'B' : 'A') + secret!.at(-1);
    for (const wrong of [flipped, '', 'sl_', secret!.toUpperCase(), `${secret} `, `x${secret}`]) {
      expect(await keys.verify(wrong)).toEqual({ outcome: 'unknown' });
    }
  });

  it('makes no second key for the same id, and cannot show the secret again', async () => {
    const keyId = '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11';
    const first = await keys.create({ keyId, name: 'Once', role: 'reader', createdBy: 'system:test' });
    const again = await keys.create({ keyId, name: 'Twice', role: 'admin', createdBy: 'system:test' });
    expect(again).toEqual({ key: first.key, secret: null });
    expect(await keys.verify(first.secret!)).toMatchObject({ outcome: 'accepted' });
  });

  it('says which keys have ended since their callers were let in', async () => {
    const make = (expiresAt: Date | null) => keys.create({ name: 'k', role: 'reader', createdBy: 'test', expiresAt });
    const [good, revoked, expired] = [await make(null), await make(null), await make(new Date(Date.now() - 1_000))];
    await keys.revoke(revoked.key.keyId, { id: 'system:test', name: 'Test' });
    const asked = [good, revoked, expired].map(({ key }) => key.keyId);
    expect((await keys.ended(asked)).toSorted()).toEqual([revoked.key.keyId, expired.key.keyId].toSorted());
    expect(await keys.ended([])).toEqual([]);
  });

  it('refuses a revoked key at once here, and within the remembered time elsewhere', async () => {
    const elsewhere = new ApiKeys(database.appPool, { rememberMs: 200 });
    const { key, secret } = await make();
    expect(await elsewhere.verify(secret!)).toMatchObject({ outcome: 'accepted' });
    expect(await keys.verify(secret!)).toMatchObject({ outcome: 'accepted' });
    const revoked = await keys.revoke(key.keyId, { id: 'system:test', name: 'Test' });
    expect(revoked?.revokedAt).toBeInstanceOf(Date);
    expect(await keys.verify(secret!)).toEqual({ outcome: 'revoked' });
    await expect.poll(() => elsewhere.verify(secret!)).toEqual({ outcome: 'revoked' });
    await elsewhere.settle();
  });

  it('keeps the time of the first revocation, and knows no key of another id', async () => {
    const { key } = await make();
    const first = await keys.revoke(key.keyId, { id: 'system:test', name: 'Test' });
    expect((await keys.revoke(key.keyId, { id: 'system:test', name: 'Test' }))?.revokedAt).toEqual(first?.revokedAt);
    expect(await keys.revoke('0197c9b4-3c1a-7d3e-9a51-000000000000', { id: 'system:test', name: 'Test' })).toBeNull();
  });

  it('refuses an expired key even while it is remembered', async () => {
    const expiresAt = new Date(Date.now() + 1_500);
    const patient = new ApiKeys(database.appPool, { rememberMs: 60_000 });
    const { secret } = await patient.create({ name: 'Short', role: 'reader', createdBy: 'system:test', expiresAt });
    expect(await patient.verify(secret!)).toMatchObject({ outcome: 'accepted' });
    await expect.poll(() => patient.verify(secret!)).toEqual({ outcome: 'expired' });
    await patient.settle();
  });

  it('asks the database once for requests that come together', async () => {
    const { secret } = await make();
    let queries = 0;
    const counting = new Proxy(database.appPool, {
      get: (pool, name) => {
        if (name !== 'query') return Reflect.get(pool, name);
        return (sql: string, values: unknown[]) => {
          if (sql.startsWith('SELECT')) queries += 1;
          return pool.query(sql, values);
        };
      },
    });
    const fresh = new ApiKeys(counting);
    const verified = await Promise.all(Array.from({ length: 20 }, () => fresh.verify(secret!)));
    expect(verified.every(({ outcome }) => outcome === 'accepted')).toBe(true);
    expect(queries).toBe(1);
    await fresh.settle();
  });

  it('writes the last use at most once a minute, over all processes', async () => {
    const { key, secret } = await make();
    const lastUsed = async () => (await keys.find(key.keyId))?.lastUsedAt;
    await keys.verify(secret!);
    await keys.settle();
    const first = await lastUsed();
    expect(first).toBeInstanceOf(Date);
    const elsewhere = new ApiKeys(database.appPool);
    await elsewhere.verify(secret!);
    await elsewhere.settle();
    expect(await lastUsed()).toEqual(first);
    await database.ownerPool.query(
      `UPDATE operations.api_keys SET last_used_at = now() - interval '61 seconds' WHERE key_id = $1`,
      [key.keyId],
    );
    const later = new ApiKeys(database.appPool);
    await later.verify(secret!);
    await later.settle();
    expect((await lastUsed())!.getTime()).toBeGreaterThan(first!.getTime());
  });

  it('verifies although the last use cannot be written, and says so', async () => {
    const { secret } = await make();
    const lost: unknown[] = [];
    const failing = new Proxy(database.appPool, {
      get: (pool, name) => {
        if (name !== 'query') return Reflect.get(pool, name);
        return (sql: string, values: unknown[]) =>
          sql.startsWith('UPDATE') ? Promise.reject(new Error('read-only')) : pool.query(sql, values);
      },
    });
    const stubborn = new ApiKeys(failing, { onLastUsedLost: (error) => lost.push(error) });
    expect(await stubborn.verify(secret!)).toMatchObject({ outcome: 'accepted' });
    await stubborn.settle();
    expect(lost).toEqual([new Error('read-only')]);
  });

  it('lists page by page, each key once, also those made in the same transaction', async () => {
    await database.ownerPool.query(
      `INSERT INTO operations.api_keys (key_id, name, role, secret_hash, created_by)
       SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Bulk', 'reader', sha256('x'), 'system:test'
       FROM generate_series(1, 7) n`,
    );
    const seen: string[] = [];
    let cursor: readonly string[] | null = null;
    do {
      const page: Awaited<ReturnType<ApiKeys['list']>> = await keys.list({ limit: 2, cursor });
      seen.push(...page.items.map(({ keyId }) => keyId));
      cursor = page.next;
    } while (cursor !== null);
    const { rows } = await database.ownerPool.query('SELECT count(*)::int AS count FROM operations.api_keys');
    expect(seen).toHaveLength(rows[0].count);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('does not let the application delete a key', async () => {
    await expect(database.appPool.query('DELETE FROM operations.api_keys')).rejects.toThrow(/permission denied/);
  });
});

describe('the first administrator', () => {
  it('is made once, whoever starts together', async () => {
    const database = await createTestDatabase();
    const processes = Array.from({ length: 6 }, () =>
      openPool({ url: database.url, role: 'app', max: 1, applicationName: 'starting' }),
    );
    const gate = await database.ownerPool.connect();
    try {
      // All of them stand before the lock at the same moment.
      await gate.query('BEGIN; SELECT pg_advisory_xact_lock(7310420155)');
      const starting = processes.map((pool) => new ApiKeys(pool).ensureFirstAdministrator());
      await expect.poll(() => waiting(database)).toBe(processes.length);
      await gate.query('COMMIT');
      const secrets = (await Promise.all(starting)).filter((secret) => secret !== null);
      expect(secrets).toHaveLength(1);
      const keys = new ApiKeys(database.appPool);
      expect(await keys.verify(secrets[0]!)).toMatchObject({ outcome: 'accepted', key: { role: 'admin' } });
      await keys.settle();
      const { items } = await keys.list({ limit: 10, cursor: null });
      expect(items).toHaveLength(1);
      await keys.revoke(items[0]!.keyId, { id: 'system:test', name: 'Test' });
      expect(await keys.ensureFirstAdministrator()).toBeNull();
    } finally {
      gate.release();
      await Promise.all(processes.map((pool) => pool.end()));
      await database.drop();
    }
  });
});

async function waiting({ ownerPool }: TestDatabase): Promise<number> {
  const { rows } = await ownerPool.query(
    `SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows[0].count;
}

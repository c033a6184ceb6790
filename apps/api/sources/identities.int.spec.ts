import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdentityKey } from '#operations';
import { SigningKey, verifyLedger, verifyReceipt } from '#proof';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const WHO = 'Kim Min-jun, Ministry of Unification';
const reason = 'Spoke on condition of anonymity.';

describe('the identity of a sealed source', () => {
  const signing = SigningKey.generate('example.org/ledger');
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
    api.vault.use(IdentityKey.generate());
    await api.parts.proof.checkpoints.addFirstKey(signing.verifier);
    api.parts.proof.signer.use(signing);
  });
  afterAll(() => api.close());

  const post = (path: string, payload: object, as: 'reporter' | 'editor' | 'admin' = 'admin', headers = {}) =>
    api.inject({ method: 'POST', url: `/v1/sources/${path}`, payload, as, headers });
  const register = async (key: string) => {
    const payload = { key, name: 'An official', kind: 'official', group: 'government:kr' };
    return (await api.inject({ method: 'POST', url: '/v1/sources', payload, as: 'reporter' })).json()
      .sourceId as string;
  };
  const seal = (key: string, identity = WHO, as: 'reporter' | 'editor' = 'editor', headers = {}) =>
    post(`${key}/seal`, { label: 'A senior official', identity, reason }, as, headers);
  const read = (key: string, as: 'editor' | 'admin' = 'admin') =>
    api.inject({ url: `/v1/sources/${key}/identity`, as });
  const accesses = async (sourceId: string) => {
    const { rows } = await api.parts.pool.query(
      'SELECT action, actor_name, detail FROM operations.access_log WHERE subject = $1 ORDER BY at, id',
      [`source-${sourceId}`],
    );
    return rows;
  };
  /** Everything that the database holds, as text. */
  const everything = async () => {
    const { rows: tables } = await api.database.ownerPool.query(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema IN ('ledger', 'operations', 'read_models', 'proof') AND table_type = 'BASE TABLE'`,
    );
    const texts = tables.map(({ name }) => api.database.ownerPool.query(`SELECT t::text FROM ${name} t`));
    return JSON.stringify((await Promise.all(texts)).map(({ rows }) => rows));
  };

  it('is sealed by an editor, read by an administrator, and committed to in the log', async () => {
    const sourceId = await register('official');
    expect((await seal('official', WHO, 'reporter')).statusCode).toBe(403);
    const sealed = await seal('official');
    expect(sealed.json()).toMatchObject({ sourceId, changed: true, revision: '1' });
    expect((await read('official', 'editor')).statusCode).toBe(403);
    const answer = await read('official');
    expect(answer.headers['cache-control']).toBe('no-store');
    const { identity, salt, commitment } = answer.json();
    expect(identity).toBe(WHO);
    const hash = createHash('sha256').update(Buffer.from(salt, 'hex')).update(WHO, 'utf8').digest('hex');
    expect(commitment).toBe(hash);
    const events: unknown[] = [];
    for await (const { event } of api.parts.store.readStream(`source-${sourceId}`)) events.push(event);
    expect(events[1]).toEqual({ type: 'SourceSealed', data: { label: 'A senior official', commitment, reason } });
    expect(await accesses(sourceId)).toMatchObject([
      { action: 'source_identity.sealed', actor_name: 'test editor', detail: { label: 'A senior official' } },
      { action: 'source_identity.read', actor_name: 'test admin' },
    ]);
    expect(await everything()).not.toMatch(/Min-jun|Unification/);
  });

  it('is erased so that nothing of it is left, and every proof stays valid', async () => {
    const sourceId = await register('leaker');
    await seal('leaker');
    const { salt } = (await read('leaker')).json();
    await api.parts.proof.projector().catchUp();
    await api.parts.proof.signer.sign();
    const events: string[] = [];
    for await (const { id } of api.parts.store.readStream(`source-${sourceId}`)) events.push(id);
    const receipt = await api.inject({ url: `/v1/events/${events[1]}/receipt`, as: 'reader' });

    expect((await post('leaker/identity/erase', { reason }, 'editor')).statusCode).toBe(403);
    expect((await post('leaker/identity/erase', { reason })).json()).toMatchObject({ sourceId, changed: true });
    expect((await read('leaker')).json()).toMatchObject({ code: 'identity_not_found', status: 404 });
    expect((await post('leaker/identity/erase', { reason })).json()).toMatchObject({ changed: false });

    await api.parts.proof.projector().catchUp();
    await api.parts.proof.signer.sign();
    const { store, proof } = api.parts;
    const { tree, checkpoints } = proof;
    expect((await verifyLedger({ store, tree, checkpoints })).findings).toEqual([]);
    expect(verifyReceipt(receipt.body, [signing.verifier]).event).toMatchObject({ type: 'SourceSealed' });
    const again = await api.inject({ url: `/v1/events/${events[1]}/receipt`, as: 'reader' });
    expect(verifyReceipt(again.body, [signing.verifier]).event).toMatchObject({ type: 'SourceSealed' });
    const { rows } = await api.parts.pool.query('SELECT FROM operations.sealed_identities WHERE source_id = $1', [
      sourceId,
    ]);
    expect(rows).toEqual([]);
    expect(await everything()).not.toMatch(new RegExp(`Min-jun|${salt}`));
  });

  it('is sealed once: a retry adds nothing, another identity is refused', async () => {
    const sourceId = await register('once');
    const first = await seal('once');
    const retry = await seal('once');
    expect(retry.json()).toMatchObject({ changed: false });
    const other = await seal('once', 'Somebody else');
    expect(other.json()).toMatchObject({ code: 'source_sealed', errors: [{ pointer: '/identity' }] });
    expect((await read('once')).json().identity).toBe(WHO);
    expect(first.json().changed).toBe(true);
    const { rows } = await api.parts.pool.query('SELECT FROM operations.sealed_identities WHERE source_id = $1', [
      sourceId,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('of many who seal at once, one identity is kept, and it is the one in the log', async () => {
    const sourceId = await register('race');
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => seal('race', `Person ${n}`)));
    const won = answers.filter((answer) => answer.statusCode === 200);
    expect(won).toHaveLength(1);
    expect((await read('race')).json().identity).toBe(`Person ${answers.indexOf(won[0]!)}`);
    const { rows } = await api.parts.pool.query('SELECT FROM operations.sealed_identities WHERE source_id = $1', [
      sourceId,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('leaves nothing behind when sealing is refused', async () => {
    const sourceId = await register('refused');
    const answer = await seal('refused', WHO, 'editor', { 'if-match': '"7"' });
    expect(answer.json()).toMatchObject({ code: 'precondition_failed' });
    const { rows } = await api.parts.pool.query('SELECT FROM operations.sealed_identities WHERE source_id = $1', [
      sourceId,
    ]);
    expect(rows).toEqual([]);
  });

  it.each([
    ['a source that is not there', 'nobody/seal', { label: 'X', identity: 'Y', reason }, 404],
    ['no identity', 'official/seal', { label: 'X', reason }, 400],
    ['an empty one', 'official/seal', { label: 'X', identity: '  ', reason }, 400],
    ['one that is too long', 'official/seal', { label: 'X', identity: 'x'.repeat(4_001), reason }, 400],
    ['no reason', 'official/identity/erase', {}, 400],
  ])('is refused with %s', async (_, path, payload, status) => {
    const answer = await post(path, payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.body).not.toContain('xxxx');
  });

  it('is not erased before it is sealed, nor read of a source that has none', async () => {
    await register('open');
    expect((await post('open/identity/erase', { reason })).json()).toMatchObject({ code: 'source_not_sealed' });
    expect((await read('open')).json()).toMatchObject({ code: 'identity_not_found' });
    expect((await read('nobody')).json()).toMatchObject({ code: 'source_not_found' });
  });

  it('is not noted as read when it was not, nor touched by a process without the key', async () => {
    const sourceId = await register('keyless');
    await seal('keyless');
    api.vault.use(null);
    expect((await read('keyless')).json()).toMatchObject({ code: 'no_identity_key', status: 409 });
    await register('keyless-2');
    expect((await seal('keyless-2')).json()).toMatchObject({ code: 'no_identity_key' });
    expect(await accesses(sourceId)).toHaveLength(1);
    // What can be erased without the key is erased without it.
    expect((await post('keyless/identity/erase', { reason })).json()).toMatchObject({ changed: true });
    api.vault.use(IdentityKey.generate());
    expect((await read('official')).json()).toMatchObject({ code: 'no_identity_key' });
  });
});

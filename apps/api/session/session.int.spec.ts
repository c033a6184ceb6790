import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform';
import { createApi } from '../bootstrap.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const UNSAFE = { method: 'POST', url: '/v1/threads', payload: { slug: 'a', headline: 'A', desk: 'test' } } as const;

describe('a session', () => {
  let api: ApiUnderTest;
  let address = 0;
  beforeAll(async () => {
    api = await createApiUnderTest();
  });
  afterAll(() => api.close());
  // Tries are counted by address; each test comes from one of its own.
  beforeEach(() => {
    address += 1;
  });

  const post = (payload: object, headers: Record<string, string> = {}) =>
    api.inject({ method: 'POST', url: '/v1/session', payload, headers, remoteAddress: `127.0.1.${address}` });
  const signIn = async (key: string) => {
    const answer = await post({ key });
    expect(answer.statusCode).toBe(201);
    const [cookie] = answer.cookies;
    if (cookie === undefined) throw new Error('no cookie was set');
    return { cookies: { [cookie.name]: cookie.value }, csrf: String(answer.json().csrfToken), cookie, answer };
  };
  const demoKey = () => api.parts.keys.create({ name: 'Demo', role: 'reporter', createdBy: 'system:test' });

  it('is a cookie that no script and no other site gets hold of', async () => {
    const { cookie, answer } = await signIn(await api.secret('editor'));
    expect(cookie).toMatchObject({ name: 'storyledger_session', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(cookie.secure).toBeUndefined();
    expect(answer.json()).toMatchObject({ name: 'test editor', role: 'editor', csrfToken: expect.any(String) });
    expect(answer.body).not.toContain(cookie.value);
  });

  it('is stored as a hash', async () => {
    const { cookie } = await signIn(await api.secret('reader'));
    const { rows } = await api.database.ownerPool.query('SELECT * FROM operations.sessions');
    expect(JSON.stringify(rows)).not.toContain(cookie.value);
  });

  it('may do what its key may, and is in events the key', async () => {
    const { cookies, csrf } = await signIn(await api.secret('reporter'));
    const shown = await api.inject({ url: '/v1/session', cookies });
    expect(shown.json()).toMatchObject({ role: 'reporter', csrfToken: csrf });
    const opened = await api.inject({ ...UNSAFE, cookies, headers: { 'x-csrf-token': csrf } });
    expect(opened.statusCode).toBe(201);
    const events = await api.inject({ url: `/v1/threads/${opened.json().threadId}/events`, cookies });
    expect(events.json().items[0].actor).toEqual({ id: `key:${shown.json().keyId}`, name: 'test reporter' });
    expect((await api.inject({ url: '/v1/keys', cookies })).json()).toMatchObject({ code: 'role_too_low' });
  });

  it.each(['', 'x', 'A'.repeat(43)])('changes nothing with the CSRF token %j', async (csrf) => {
    const { cookies } = await signIn(await api.secret('reporter'));
    const headers = csrf === '' ? {} : { 'x-csrf-token': csrf };
    const answer = await api.inject({ ...UNSAFE, cookies, headers });
    expect(answer.json()).toMatchObject({ status: 403, code: 'csrf_token_wrong' });
    const signedOut = await api.inject({ method: 'DELETE', url: '/v1/session', cookies, headers });
    expect(signedOut.json()).toMatchObject({ code: 'csrf_token_wrong' });
  });

  it('does not take the CSRF token of another session', async () => {
    const secret = await api.secret('reporter');
    const [one, other] = [await signIn(secret), await signIn(secret)];
    const answer = await api.inject({ ...UNSAFE, cookies: one.cookies, headers: { 'x-csrf-token': other.csrf } });
    expect(answer.json()).toMatchObject({ code: 'csrf_token_wrong' });
  });

  it('goes after a key that is sent along', async () => {
    const { cookies } = await signIn(await api.secret('reader'));
    expect((await api.inject({ url: '/v1/keys', cookies, as: 'admin' })).statusCode).toBe(200);
    const headers = { authorization: 'Bearer nonsense' };
    expect((await api.inject({ url: '/v1/threads', cookies, headers })).statusCode).toBe(401);
  });

  it('ends when it is signed out', async () => {
    const { cookies, csrf } = await signIn(await api.secret('reader'));
    const ended = await api.inject({
      method: 'DELETE',
      url: '/v1/session',
      cookies,
      headers: { 'x-csrf-token': csrf },
    });
    expect(ended.json()).toEqual({ ended: true });
    expect(ended.cookies[0]).toMatchObject({ value: '', path: '/' });
    const after = await api.inject({ url: '/v1/session', cookies });
    expect(after.json()).toMatchObject({ status: 401, detail: 'The session has ended. Sign in again.' });
  });

  it('ends with its key', async () => {
    const { key, secret } = await demoKey();
    const { cookies } = await signIn(secret ?? '');
    await api.parts.keys.revoke(key.keyId, { id: 'system:test', name: 'Test' });
    expect((await api.inject({ url: '/v1/session', cookies })).json().detail).toContain('was revoked');
  });

  it('ends at its time, and no later than its key', async () => {
    const { cookies, cookie } = await signIn(await api.secret('reader'));
    expect(cookie.expires?.getTime()).toBeLessThanOrEqual(Date.now() + 12 * 3_600_000 + 5_000);
    await api.database.ownerPool.query(`UPDATE operations.sessions SET expires_at = now() - interval '1 second'`);
    expect((await api.inject({ url: '/v1/session', cookies })).statusCode).toBe(401);
    await api.parts.sessions.purge();
    const { rows } = await api.database.ownerPool.query('SELECT FROM operations.sessions');
    expect(rows).toHaveLength(0);
    const expiresAt = new Date(Date.now() + 60_000);
    const { secret } = await api.parts.keys.create({ name: 'k', role: 'reader', createdBy: 'system:test', expiresAt });
    expect((await signIn(secret ?? '')).answer.json().expiresAt).toBe(expiresAt.toISOString());
  });

  it.each(['nonsense', `sl_${'0'.repeat(32)}_${'A'.repeat(43)}`])('is not begun with the key %.20s', async (key) => {
    const answer = await post({ key });
    expect(answer.json()).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(answer.cookies).toEqual([]);
  });

  it.each([{}, { key: 'a', link: 'b' }, { key: 7 }, { key: 'x'.repeat(201) }, { password: 'a' }])(
    'is not begun with %j',
    async (payload) => {
      expect((await post(payload)).json()).toMatchObject({ status: 400, code: 'invalid_request' });
    },
  );

  it('is refused after ten wrong tries of one address, whatever comes then', async () => {
    for (let n = 0; n < 10; n++) expect((await post({ key: 'nonsense' })).statusCode).toBe(401);
    const refused = await post({ key: await api.secret('reader') });
    expect(refused.json()).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    address += 1;
    for (let n = 0; n < 12; n++) await signIn(await api.secret('reader'));
  });

  it('is begun by a link, once', async () => {
    const { key } = await demoKey();
    const link = await api.parts.sessions.makeLink(key.keyId, 5);
    const answers = await Promise.all(Array.from({ length: 5 }, () => post({ link }, { host: '127.0.0.1:4400' })));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 401, 401, 401, 401]);
    expect(answers.find(({ statusCode }) => statusCode === 201)?.json()).toMatchObject({ keyId: key.keyId });
  });

  it('is not begun by a link that is old, foreign, asked for by another name, or whose key is revoked', async () => {
    const { key } = await demoKey();
    const local = { host: 'localhost:4400' };
    const old = await api.parts.sessions.makeLink(key.keyId, -1);
    expect((await post({ link: old }, local)).json().detail).toContain('has expired');
    expect((await post({ link: newId() }, local)).statusCode).toBe(401);
    const rebound = await api.parts.sessions.makeLink(key.keyId, 5);
    expect((await post({ link: rebound }, { host: 'newsroom.example' })).statusCode).toBe(401);
    const away = await api.inject({
      method: 'POST',
      url: '/v1/session',
      payload: { link: rebound },
      headers: local,
      remoteAddress: '203.0.113.9',
    });
    expect(away.statusCode).toBe(401);
    await api.parts.keys.revoke(key.keyId, { id: 'system:test', name: 'Test' });
    expect((await post({ link: rebound }, local)).json().detail).toContain('was revoked');
  });

  it('is marked Secure where a trusted proxy speaks https, and only there', async () => {
    const proxied = await createApi({ ...api.parts, trustedProxies: '127.0.0.0/8' });
    const payload = { key: await api.secret('reader') };
    const ask = (remoteAddress: string) =>
      proxied.app.inject({
        method: 'POST',
        url: '/v1/session',
        payload,
        remoteAddress,
        headers: { 'x-forwarded-proto': 'https' },
      });
    const trusted = (await ask('127.0.0.9')).cookies[0];
    expect(trusted).toMatchObject({ name: '__Host-storyledger_session', secure: true });
    expect((await ask('203.0.113.9')).cookies[0]).toMatchObject({ name: 'storyledger_session' });
    await proxied.close();
  });
});

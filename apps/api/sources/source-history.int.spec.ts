import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdentityKey } from '#operations';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const NAME = 'Kim Min-jun';
const kremlin = { key: 'kremlin', name: 'Kremlin', kind: 'official', group: 'government:ru' };

describe('the history of a source', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
    api.vault.use(IdentityKey.generate());
    await send('POST', '', kremlin);
    await send('PATCH', '/kremlin', { name: 'The Kremlin', kind: 'government', reason: 'Its press service asked.' });
    await send('PATCH', '/kremlin', { trustedConduit: true });
    await send('POST', '/kremlin/ratings', { rating: 'B', reason: 'Three of three held.' });
  });
  afterAll(() => api.close());

  const send = async (method: 'POST' | 'PATCH', path: string, payload: object) => {
    const headers = { 'if-match': '*' };
    const answer = await api.inject({ method, url: `/v1/sources${path}`, as: 'admin', payload, headers });
    expect(answer.statusCode, answer.body).toBeLessThan(300);
  };
  const history = (path: string, as?: 'reader') =>
    api.inject({ url: `/v1/sources/${path}`, ...(as !== undefined && { as }) });
  const sentences = async (path: string) =>
    (await history(path, 'reader')).json().items.map(({ sentence }: { sentence: string }) => sentence);

  it('tells in words what became of it, by whom, when and why', async () => {
    const { items, next } = (await history('kremlin/history', 'reader')).json();
    expect(next).toBeNull();
    expect(items).toMatchObject([
      { revision: '0', type: 'SourceRegistered', actor: { name: 'test admin' }, reason: null },
      { revision: '1', type: 'SourceRevised', reason: 'Its press service asked.' },
      { revision: '2', type: 'SourceRevised', reason: null },
      { revision: '3', type: 'SourceRated', reason: 'Three of three held.', recordedAt: expect.any(String) },
    ]);
    expect(await sentences('kremlin/history')).toEqual([
      'Registered as "Kremlin": official, of the group government:ru',
      'Revised: the name to "The Kremlin", the kind to government',
      'Revised: it is a trusted conduit',
      'Rated B',
    ]);
  });

  it('is read page by page, and from a revision on', async () => {
    const { items, next } = (await history('kremlin/history?limit=3', 'reader')).json();
    expect(items).toHaveLength(3);
    expect(await sentences(`kremlin/history?limit=3&cursor=${next}`)).toEqual(['Rated B']);
    expect(await sentences('kremlin/history?from=3')).toEqual(['Rated B']);
    expect(await sentences('kremlin/history?from=4')).toEqual([]);
  });

  it('tells no name that a sealed source had before', async () => {
    await send('POST', '', { key: 'insider', name: NAME, kind: 'person', group: 'person:insider' });
    await send('PATCH', '/insider', { name: `${NAME}, deputy minister`, group: 'government:kr' });
    expect(await sentences('insider/history')).toMatchObject([expect.stringContaining(NAME), expect.anything()]);
    const identity = `${NAME}, Seoul`;
    await send('POST', '/insider/seal', { label: 'A senior official', identity, reason: 'As agreed.' });
    await send('PATCH', '/insider', { kind: 'unnamed' });
    await send('POST', '/insider/identity/erase', { reason: 'It asked for it.' });
    const answer = await history('insider/history', 'reader');
    expect(answer.body).not.toContain('Min-jun');
    expect(await sentences('insider/history')).toEqual([
      'Registered as a name that is sealed: person, of the group person:insider',
      'Revised: the name to a name that is sealed, the group to government:kr',
      'Sealed: shown as "A senior official" from here on',
      'Revised: the kind to unnamed',
      'Its identity was erased',
    ]);
  });

  it.each([
    ['kremlin/history?from=-1', 400],
    ['kremlin/history?from=first', 400],
    ['kremlin/history?from=99999999999999999999', 400],
    ['kremlin/history?limit=0', 400],
    ['kremlin/history?cursor=bm90aGluZw', 400],
    ['kremlin/history?until=3', 400],
    ['nobody/history', 404],
    ['0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11/history', 404],
  ])('of %s is answered with %i', async (path, status) => {
    expect((await history(path, 'reader')).statusCode).toBe(status);
  });

  it('begins anew with a cursor that points nowhere in it', async () => {
    const nowhere = Buffer.from('["9x"]').toString('base64url');
    expect(await sentences(`kremlin/history?cursor=${nowhere}`)).toHaveLength(4);
  });

  it('is told to nobody without a key', async () => {
    expect((await history('kremlin/history')).statusCode).toBe(401);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const WIRE = 'A train presumed to be carrying the North Korean leader has left Pyongyang, a senior official said.';
const reason = 'One wire is one voice.';
const CLAIM = { key: 'train', statement: 'His train has left', core: true };

describe('the policy of a thread', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
    api.project();
    for (const key of ['nyt', 'upi', 'afp']) {
      await send('POST', '/v1/sources', { key, name: key, kind: 'agency', group: `agency:${key}` });
    }
  });
  afterAll(() => api.close());

  type As = 'reader' | 'reporter' | 'editor' | 'admin';
  const send = async (
    method: 'GET' | 'PUT' | 'POST',
    url: string,
    payload?: object,
    { as = 'admin', etag }: { as?: As; etag?: string } = {},
  ) => {
    const headers = etag === undefined ? {} : { 'if-match': etag };
    const answer = await api.inject({ method, url, as, headers, ...(payload !== undefined && { payload }) });
    return { status: answer.statusCode, etag: String(answer.headers['etag']), body: answer.json() };
  };
  const open = async (slug: string) => {
    const opened = await send('POST', '/v1/threads', { slug, headline: slug, desk: 'asia', claims: [CLAIM] });
    return opened.body.threadId as string;
  };
  const say = (thread: string, source: string, quote = WIRE) =>
    send('POST', `/v1/threads/${thread}/attributions`, {
      claim: 'train',
      stance: 'report',
      source,
      quote,
      statedAt: '2023-09-11T06:00:00Z',
    });
  const use = (policy: string, options: { as?: As } = {}) => send('PUT', '/v1/policy', { policy, reason }, options);
  const move = async (thread: string, policy: string, as: As = 'editor') => {
    const { items } = (await send('GET', `/v1/threads/${thread}/events?limit=200`)).body;
    const etag = `"${items.at(-1).revision}"`;
    return send('PUT', `/v1/threads/${thread}/policy`, { policy, reason }, { as, etag });
  };
  const events = async (thread: string): Promise<{ type: string; data: object }[]> =>
    (await send('GET', `/v1/threads/${thread}/events?limit=200`)).body.items;

  it('is standard-1 until an administrator chooses another for threads to come', async () => {
    expect((await send('GET', '/v1/policy', undefined, { as: 'reader' })).body).toMatchObject({
      policy: 'standard-1',
      since: null,
      reason: null,
      parameters: { name: 'standard', version: 1, sameWordsAreOneVoice: false },
      available: ['standard-1', 'standard-2'],
    });
    await open('before');
    expect(await use('standard-2', { as: 'editor' })).toMatchObject({ status: 403 });
    expect(await use('standard-2')).toMatchObject({ status: 200, body: { policy: 'standard-2', reason } });
    await open('after');
    const policies = await Promise.all(['before', 'after'].map(async (slug) => (await events(slug))[0]?.data));
    expect(policies).toMatchObject([{ policy: 'standard-1' }, { policy: 'standard-2' }]);
    const { rows } = await api.parts.pool.query(
      `SELECT action, detail FROM operations.access_log WHERE action = 'policy.adopted'`,
    );
    expect(rows).toEqual([{ action: 'policy.adopted', detail: { policy: 'standard-2', reason } }]);
    expect((await use('standard-2')).body.since).toBe((await send('GET', '/v1/policy')).body.since);
  });

  it.each([
    [{ policy: 'standard-9', reason }, '/policy'],
    [{ policy: 'standard-2' }, '/reason'],
    [{ policy: { name: 'standard', version: 2 }, reason }, '/policy'],
    [{ policy: 'standard-2', reason, since: '2020-01-01' }, '/since'],
  ])('is not chosen by %j', async (payload, pointer) => {
    const errors = [expect.objectContaining({ pointer })];
    expect(await send('PUT', '/v1/policy', payload)).toMatchObject({ status: 400, body: { errors } });
    expect(await send('PUT', '/v1/threads/before/policy', payload, { etag: '"0"' })).toMatchObject({
      status: 400,
      body: { errors },
    });
  });

  it('decides whether the same words of two groups are counted twice, and the answer to a posting says so', async () => {
    await say('before', 'nyt');
    const twice = await say('before', 'upi');
    expect(twice.body).toMatchObject({
      claim: { status: 'corroborated' },
      echoes: [{ kind: 'same_words', oneVoice: false }],
    });
    await say('after', 'nyt');
    const once = await say('after', 'upi');
    expect(once.body).toMatchObject({
      claim: { status: 'reported' },
      echoes: [{ kind: 'same_words', oneVoice: true }],
    });
    const preview = { claim: 'train', stance: 'report', source: 'afp', quote: WIRE, statedAt: '2023-09-11T06:00:00Z' };
    expect((await send('POST', '/v1/threads/after/attributions/preview', preview)).body).toMatchObject({
      claim: { to: { status: 'reported' } },
      echoes: [{ kind: 'same_words', oneVoice: true }],
    });
  });

  it('can be changed by an editor with a reason, and every view says which it is by', async () => {
    expect(await move('before', 'standard-2', 'reporter')).toMatchObject({ status: 403 });
    expect(await send('PUT', '/v1/threads/before/policy', { policy: 'standard-2', reason })).toMatchObject({
      status: 428,
    });
    const moved = await move('before', 'standard-2');
    expect(moved).toMatchObject({ status: 200, body: { changed: true, status: 'developing' } });
    const after = `after=${moved.body.position}`;
    expect((await send('GET', `/v1/threads/before?${after}`)).body).toMatchObject({
      policy: 'standard-2',
      claims: [{ status: 'reported', policy: 'standard-2' }],
    });
    const { revision } = moved.body;
    const before = Number(revision) - 1;
    expect((await send('GET', `/v1/threads/before?revision=${before}`)).body).toMatchObject({
      policy: 'standard-1',
      claims: [{ status: 'corroborated', policy: 'standard-1' }],
    });
    const { items } = (await send('GET', `/v1/threads/before/replay?from=${before}&changes=only`)).body;
    expect(items.at(-1)).toMatchObject({
      type: 'ThreadPolicyChanged',
      policy: 'standard-2',
      sentence: expect.stringMatching(
        /judges the thread by standard-2 instead of standard-1 \(One wire .*"train" corroborated -> reported/,
      ),
      claims: [{ key: 'train', from: { status: 'corroborated' }, to: { status: 'reported' } }],
    });
    const history = (await send('GET', `/v1/threads/before/history?limit=200&${after}`)).body.items;
    const changes = history.filter(({ eventType }: { eventType: string }) => eventType === 'ThreadPolicyChanged');
    expect(changes).toHaveLength(2);
    expect(changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ claimKey: 'train', statusAfter: 'reported', policy: 'standard-2' }),
        expect.objectContaining({ claimId: null, statusAfter: 'developing', policy: 'standard-2' }),
      ]),
    );
    const diff = (await send('GET', `/v1/threads/before/diff?from=${before}&to=${revision}`)).body;
    expect(diff.policy).toEqual({ from: 'standard-1', to: 'standard-2' });
    expect(diff.text).toContain('It is judged by standard-2 instead of standard-1');
    const explained = (await send('GET', '/v1/threads/before/claims/train/explain')).body;
    expect(explained).toMatchObject({ policy: 'standard-2', for: [{ words: [{}, {}] }] });
  });

  it('of a thread that takes over another is that of the survivor, and each has its own again when they part', async () => {
    await use('standard-1');
    await open('old-rules');
    for (const source of ['nyt', 'upi']) await say('old-rules', source);
    const merged = await send('POST', '/v1/threads/old-rules/merge', { into: 'after', reason });
    expect(merged.status).toBe(200);
    const survivor = await send('GET', '/v1/threads/after?statedUntil=2023-12-31T00:00:00Z');
    expect(survivor.body).toMatchObject({
      claims: [
        { status: 'reported', policy: 'standard-2' },
        { status: 'reported', policy: 'standard-2' },
      ],
    });
    expect(await move('old-rules', 'standard-2')).toMatchObject({ status: 409, body: { code: 'thread_merged' } });
    await send('POST', '/v1/threads/old-rules/unmerge', { reason });
    const parted = await send('GET', '/v1/threads/old-rules?statedUntil=2023-12-31T00:00:00Z');
    expect(parted.body).toMatchObject({ policy: 'standard-1', claims: [{ status: 'corroborated' }] });
  });

  it('is what a back-test compares with', async () => {
    const policy = { name: 'trial', version: 1, sameWordsAreOneVoice: true };
    const started = await send('POST', '/v1/policy/backtests', { policy });
    const body = await eventually(async () => {
      const job = (await send('GET', `/v1/policy/backtests/${started.body.backtestId}`)).body;
      return job.state === 'done' ? job.result : null;
    });
    expect(body).toMatchObject({ against: ['standard-1', 'standard-2'], claimsChanged: 1 });
    expect(body.claimChanges[0].examples).toMatchObject([{ slug: 'old-rules', claimKey: 'train' }]);
  });
});

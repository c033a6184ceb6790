import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const HEADER = 'thread,headline,desk,claim,statement,source,source_name,source_kind,source_group,stance,stated_at\n';
const row = (thread: string, stance: string, source = 'kremlin') =>
  `${thread},Kim in Russia,asia,visit,Kim will visit Russia,${source},${source},government,government:${source},${stance},2023-09-11T10:30:00Z\n`;

describe('imports over REST', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
  });
  afterAll(() => api.close());

  const send = (body: string | Buffer, options: { query?: string; headers?: Record<string, string> } = {}) =>
    api.inject({
      method: 'POST',
      url: `/v1/imports?mapping=attributions-table&name=notes.csv${options.query ?? ''}`,
      as: 'editor',
      headers: { 'content-type': 'text/csv', ...options.headers },
      payload: body,
    });
  const done = async (batchId: string, state = 'done') => {
    await expect
      .poll(async () => (await get(`/v1/imports/${batchId}`)).state, { timeout: 20_000, interval: 50 })
      .toBe(state);
    return get(`/v1/imports/${batchId}`);
  };
  const get = async (url: string) => (await api.inject({ url, as: 'reader' })).json();

  it('keep the file, answer, and take its rows', async () => {
    const file =
      HEADER + row('one', 'confirm') + row('one', 'maybe') + row('one', 'confirm') + row('one', 'deny', 'tass');
    const answer = await send(gzipSync(file), { headers: { 'content-type': 'application/gzip' } });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ state: 'running', mapping: 'attributions-table', fileName: 'notes.csv' });
    const { batchId } = answer.json();
    const batch = await done(batchId);
    expect(batch).toMatchObject({ taken: 2, duplicate: 1, refused: 1, rowsDone: 4, problem: null });
    expect(batch.refusals).toEqual([
      { field: 'stance', code: 'choice', count: 1, example: expect.stringContaining('notes.csv:3 Must be one of') },
    ]);
    const rows = await get(`/v1/imports/${batchId}/rows?limit=3`);
    expect(rows.items.map(({ line, outcome }: { line: number; outcome: string }) => [line, outcome])).toEqual([
      [2, 'taken'],
      [3, 'refused'],
      [4, 'duplicate'],
    ]);
    const rest = await get(`/v1/imports/${batchId}/rows?limit=3&cursor=${rows.next}`);
    expect(rest).toMatchObject({ items: [{ line: 5, outcome: 'taken' }], next: null });
    const refused = await get(`/v1/imports/${batchId}/rows?outcome=refused`);
    expect(refused.items[0].faults).toMatchObject([{ column: 'stance', field: 'attribution.stance' }]);
  });

  it('say in a dry run what they would do, and store nothing of it', async () => {
    const head = await api.parts.store.head();
    const file = HEADER + row('dry', 'confirm') + row('dry', 'confirm') + row('one', 'confirm') + row('dry', 'maybe');
    const { batchId } = (await send(file, { query: '&dryRun=true' })).json();
    expect(await done(batchId)).toMatchObject({ dryRun: true, taken: 1, duplicate: 2, refused: 1, position: null });
    expect(await api.parts.store.head()).toBe(head);
    const answer = await voids(batchId);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'import_not_voidable' });
  });

  it('are taken back as a whole', async () => {
    const { batchId } = (await send(HEADER + row('back', 'confirm') + row('back', 'deny', 'tass'))).json();
    await done(batchId);
    expect((await voids(batchId)).statusCode).toBe(202);
    expect(await done(batchId, 'voided')).toMatchObject({ voided: 2, voidReason: 'The wrong file.' });
    const current = await api.parts.threads.current('back');
    expect(current).toMatchObject({ lifecycle: 'closed', assessment: { status: 'open' } });
    expect((await voids(batchId)).statusCode).toBe(202);
  });

  it('answer a retry under the same Idempotency-Key with the same import, and refuse another file', async () => {
    const headers = { 'idempotency-key': newId() };
    const file = HEADER + row('retried', 'confirm');
    const first = (await send(file, { headers })).json();
    expect((await send(file, { headers })).json().batchId).toBe(first.batchId);
  });

  it('fail with a reason when the file is damaged', async () => {
    const answer = await send(gzipSync(HEADER).subarray(0, -9), { headers: { 'content-type': 'application/gzip' } });
    const batch = await done(answer.json().batchId, 'failed');
    expect(batch.problem).toMatch(/^notes\.csv is damaged/);
  });

  it.each([
    ['an empty body', { payload: '' }, 400, 'invalid_request'],
    ['JSON', { payload: '{}', headers: { 'content-type': 'application/json' } }, 415, 'unsupported_media_type'],
    ['an unknown mapping', { url: '/v1/imports?mapping=none&name=x.csv' }, 400, 'invalid_request'],
    ['a folder in the name', { url: '/v1/imports?mapping=attributions-table&name=../x.csv' }, 400, 'invalid_request'],
    ['no name', { url: '/v1/imports?mapping=attributions-table' }, 400, 'invalid_request'],
  ])('refuse %s', async (_, request, status, code) => {
    const answer = await api.inject({
      method: 'POST',
      url: '/v1/imports?mapping=attributions-table&name=x.csv',
      as: 'editor',
      payload: HEADER,
      headers: { 'content-type': 'text/csv' },
      ...request,
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code });
  });

  it('refuse a file that is too large, and keep nothing of it', async () => {
    const answer = await send(Buffer.alloc(64 * 1024 * 1024 + 1, 'x'));
    expect(answer.statusCode).toBe(413);
    const { rows } = await api.database.appPool.query('SELECT count(*)::int AS chunks FROM operations.import_files');
    expect(rows).toEqual([{ chunks: 0 }]);
  });

  it('are the only route that takes files', async () => {
    const answer = await api.inject({
      method: 'POST',
      url: '/v1/threads',
      as: 'reporter',
      payload: HEADER,
      headers: { 'content-type': 'text/csv' },
    });
    expect(answer.statusCode).toBe(415);
  });

  it('that are unknown are not found', async () => {
    for (const url of [`/v1/imports/${newId()}`, `/v1/imports/${newId()}/rows`]) {
      const answer = await api.inject({ url, as: 'reader' });
      expect(answer.json()).toMatchObject({ status: 404, code: 'import_not_found' });
    }
  });

  it('are listed, the newest first, in pages', async () => {
    const first = await get('/v1/imports?limit=2');
    const second = await get(`/v1/imports?limit=2&cursor=${first.next}`);
    const ids = [...first.items, ...second.items].map(({ batchId }: { batchId: string }) => batchId);
    expect(new Set(ids).size).toBe(4);
    expect(ids.toSorted().toReversed()).toEqual(ids);
  });

  function voids(batchId: string) {
    return api.inject({
      method: 'POST',
      url: `/v1/imports/${batchId}/void`,
      as: 'editor',
      payload: { reason: 'The wrong file.' },
    });
  }
});

import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedMapping } from '#imports';
import { AccessLog } from '#operations';
import { tellAndAmend } from '../../../test/busy-newsroom.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const ACTOR = { id: 'system:test', name: 'Test' };

interface Line {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly subject: string;
  readonly actorName: string;
  readonly reason: string | null;
  readonly detail: object;
}

describe('the access and administration log', () => {
  let api: ApiUnderTest;
  let keyId: string;
  let batchId: string;
  beforeAll(async () => {
    api = await createApiUnderTest();
    const { store, pool, waiter, imports } = api.parts;
    api.project();
    await tellAndAmend(api.parts as never, '');
    const payload = { name: '=cmd()', role: 'reader' };
    const made = await api.inject({ method: 'POST', url: '/v1/keys', as: 'admin', payload });
    keyId = made.json().keyId;
    for (const expected of [200, 200]) {
      const revoked = await api.inject({ method: 'DELETE', url: `/v1/keys/${keyId}`, as: 'admin' });
      expect(revoked.statusCode).toBe(expected);
    }
    const table = 'thread,headline,desk,claim,statement,stance,source,stated_at\n';
    const upload = { mapping: shippedMapping('attributions-table'), name: 'a.csv', content: Readable.from([table]) };
    const batch = await imports.keepUpload({
      ...upload,
      batchId: keyId,
      mostBytes: 1_000,
      dryRun: false,
      actor: ACTOR,
    });
    batchId = batch.batchId;
    await imports.resume(batch).catch(() => undefined);
    await imports.voidBatch(batchId, 'The wrong file.', ACTOR);
    await new AccessLog(pool).record({ actor: ACTOR, action: 'evidence.exported', subject: 'thread-1' });
    await waiter.waitFor(await store.head(), 20_000);
  });
  afterAll(() => api.close());

  const page = async (query = ''): Promise<{ items: Line[]; next: string | null; leftOut: string | null }> =>
    (await api.inject({ url: `/v1/reports/access${query}`, as: 'admin' })).json();

  it('says who made and revoked keys, ruled, voided, took imports back and exported evidence', async () => {
    const { items } = await page('?limit=200');
    const of = (action: string) => items.filter((line) => line.action === action);
    expect(of('key.created').filter(({ subject }) => subject === `key-${keyId}`)).toMatchObject([
      { actorName: 'test admin', detail: { name: '=cmd()', role: 'reader' } },
    ]);
    // Once, though it was asked for twice.
    expect(of('key.revoked')).toMatchObject([{ subject: `key-${keyId}`, actorName: 'test admin' }]);
    expect(of('import.voided')).toMatchObject([
      { subject: `import-${batchId}`, reason: 'The wrong file.', detail: { file: 'a.csv' } },
    ]);
    expect(of('evidence.exported')).toMatchObject([{ subject: 'thread-1', reason: null }]);
    expect(of('ClaimRuled')).toMatchObject([{ actorName: 'test desk', reason: 'seen by us' }]);
    expect(of('AttributionVoided')).toMatchObject([{ reason: 'typed twice' }]);
    expect(items.map(({ at }) => at)).toEqual(
      items
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  it('pages through both of its parts without gap or repeat', async () => {
    const whole = (await page('?limit=200')).items.map(({ id }) => id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, next }: Awaited<ReturnType<typeof page>> = await page(
        `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...items.map(({ id }) => id));
      cursor = next;
    }
    expect(seen).toEqual(whole);
    expect(await page('?from=2001-01-01&to=2001-12-31')).toEqual({ items: [], next: null, leftOut: null });
  });

  it('comes as a file, whole, and with its header line when it is empty', async () => {
    const answer = await api.inject({ url: '/v1/reports/access?format=csv&limit=1', as: 'admin' });
    const lines = parse(answer.body, { columns: true }) as Record<string, string>[];
    expect(lines.length).toBe((await page('?limit=200')).items.length);
    const empty = await api.inject({ url: '/v1/reports/access?format=csv&to=2001-12-31', as: 'admin' });
    expect(empty.body).toBe('id,at,action,subject,actorId,actorName,reason,detail\r\n');
  });

  it('of a desk or topic has lines about its threads, and says what it leaves out', async () => {
    const { rows } = await api.parts.pool.query('SELECT thread_id FROM read_models.report_thread');
    const subject = `thread-${rows[0].thread_id}`;
    await new AccessLog(api.parts.pool).record({ actor: ACTOR, action: 'evidence.exported', subject });
    for (const query of ['desk=asia', 'topic=russia', 'desk=asia&topic=russia']) {
      const { items, leftOut } = await page(`?limit=200&${query}`);
      expect(new Set(items.map((line) => line.subject))).toEqual(new Set([subject]));
      expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(['ClaimRuled', 'evidence.exported']));
      expect(leftOut).toMatch(/name no thread/);
    }
    expect(await page('?desk=europe')).toMatchObject({ items: [], next: null });
    expect((await page('?limit=1')).leftOut).toBeNull();
    const first = await api.inject({ url: '/v1/reports/access?desk=asia&limit=1', as: 'admin' });
    expect(first.headers['link']).toContain('desk=asia');
    const csv = await api.inject({ url: '/v1/reports/access?desk=asia&format=csv', as: 'admin' });
    const subjects = (parse(csv.body, { columns: true }) as Record<string, string>[]).map((line) => line['subject']);
    expect(new Set(subjects)).toEqual(new Set([subject]));
  });

  it('is for administrators', async () => {
    expect((await api.inject({ url: '/v1/reports/access', as: 'editor' })).statusCode).toBe(403);
  });

  it('stands beside the report of the imports', async () => {
    const { rows } = (await api.inject({ url: '/v1/reports/imports', as: 'editor' })).json();
    expect(rows).toMatchObject([
      { by: 'all', key: null, refused: 0 },
      { by: 'batch', key: batchId, label: 'a.csv', mapping: 'attributions-table', actorName: 'Test' },
    ]);
    const other = (await api.inject({ url: '/v1/reports/imports?to=2001-12-31', as: 'editor' })).json();
    expect(other.rows).toMatchObject([{ by: 'all', cases: 0, taken: 0, threads: 0 }]);
    expect(other).toMatchObject({ desk: null, topic: null, leftOut: null });
    // It had no rows, and so brought nothing to any desk.
    const there = (await api.inject({ url: '/v1/reports/imports?desk=asia', as: 'editor' })).json();
    expect(there).toMatchObject({ desk: 'asia', leftOut: expect.stringMatching(/brought nothing/) });
    expect(there.rows).toMatchObject([{ by: 'all', cases: 0 }]);
  });
});

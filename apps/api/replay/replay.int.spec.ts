import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedStory } from '../../../test/seed-story.js';
import { attributionInput, commandContext, openStory } from '../../../test/tell-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const THREAD = `/v1/threads/${seedStory.thread.slug}`;
const FIRST_WORD = seedStory.claims.length + 1;
const LAST = FIRST_WORD + seedStory.attributions.length - 1;

interface Step {
  readonly revision: string;
  readonly recordedAt: string;
  readonly sentence: string;
  readonly claims: readonly { readonly key: string; readonly to: { readonly status: string } }[];
  readonly threadStatus: string;
}

describe('the past of the seed story', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
    const threadId = await openStory(api.parts, seedStory);
    for (const step of seedStory.attributions) {
      await api.parts.threads.record(threadId, attributionInput(step), commandContext());
    }
  });
  afterAll(() => api.close());

  const get = async (path: string, headers = {}) => {
    const answer = await api.inject({ url: `${THREAD}${path}`, as: 'reader', headers });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
  const steps = async (): Promise<readonly Step[]> => (await get('/replay?limit=200')).body.items;

  it.each(seedStory.attributions)('as of attribution $n shows $claim as $expect.claim', async (step) => {
    const revision = FIRST_WORD + step.n - 1;
    const { body, headers } = await get(`?revision=${revision}`);
    expect(body).toMatchObject({
      status: step.expect.thread,
      revision: String(revision),
      attributionCount: step.n,
      asOf: { revision: String(revision), recordedUntil: null, statedUntil: null },
    });
    expect(headers.etag).toBe(`"${revision}"`);
    const claim = body.claims.find(({ key }: { key: string }) => key === step.claim);
    expect(claim).toMatchObject({ status: step.expect.claim, attributionCount: expect.any(Number) });
    expect((await get(`/claims/${step.claim}?revision=${revision}`)).body).toMatchObject({
      status: step.expect.claim,
      asOf: { revision: String(revision) },
      wouldChange: expect.any(Array),
    });
  });

  it('says what had been said in the world by a moment, whenever it was recorded', async () => {
    const { body } = await get('/claims?statedUntil=2023-09-11T03:30:00Z');
    const statuses = Object.fromEntries(
      body.items.map(({ key, status }: { key: string; status: string }) => [key, status]),
    );
    expect(statuses).toMatchObject({ visit: 'corroborated', departed: 'open', eef: 'tentative', arms: 'reported' });
    expect(body.asOf).toMatchObject({ revision: String(LAST), statedUntil: '2023-09-11T03:30:00.000Z' });
    expect((await get('?statedUntil=2023-09-11T03:30:00Z')).body).toMatchObject({ attributionCount: 4 });
  });

  it('says what was known by a moment, and both bounds together', async () => {
    const known = (await steps()).find(({ revision }) => revision === String(FIRST_WORD + 8));
    const time = encodeURIComponent(known?.recordedAt ?? '');
    expect((await get(`?recordedUntil=${time}`)).body.asOf.recordedAt).toBe(known?.recordedAt);
    expect((await get(`?recordedUntil=${time}&statedUntil=2023-09-11T05:00:00Z&revision=12`)).body).toMatchObject({
      asOf: { revision: '12' },
      status: 'developing',
    });
  });

  it('replays step by step, to where the thread stands now', async () => {
    const all = await steps();
    expect(all).toHaveLength(LAST + 1);
    expect(all.at(-1)?.threadStatus).toBe('confirmed');
    const last = new Map(all.flatMap(({ claims }) => claims.map(({ key, to }) => [key, to.status] as const)));
    const now = (await get(`?revision=${LAST}`)).body.claims;
    expect(Object.fromEntries(last)).toEqual(
      Object.fromEntries(now.map(({ key, status }: { key: string; status: string }) => [key, status])),
    );
  });

  it('is replayed in pages, in ranges, and without what changed nothing', async () => {
    const all = (await steps()).map(({ revision }) => revision);
    const seen: string[] = [];
    let url: string | undefined = '/replay?limit=6';
    while (url !== undefined) {
      const { body, headers } = await get(url);
      seen.push(...body.items.map(({ revision }: Step) => revision));
      url = /<([^>]+)>; rel="next"/.exec(String(headers['link'] ?? ''))?.[1]?.replace(THREAD, '');
    }
    expect(seen).toEqual(all);
    const revisions = async (query: string) =>
      (await get(`/replay?limit=200&${query}`)).body.items.map(({ revision }: Step) => Number(revision));
    expect(await revisions('from=8&to=10')).toEqual([8, 9, 10]);
    expect(await revisions('to=2&changes=only')).toEqual([0, 1, 2]);
    expect(await revisions('from=12&changes=only')).toEqual([14, 15, 16, 17]);
    expect(await revisions('from=2020-01-01T00:00:00Z&to=3')).toEqual([0, 1, 2, 3]);
  });

  it('tells what is different between two moments, and why', async () => {
    const { body } = await get(`/diff?from=${FIRST_WORD + 3}&to=${FIRST_WORD + 8}`);
    expect(body.thread).toEqual({ from: 'developing', to: 'confirmed' });
    const of = (name: string) => body.claims.find(({ key }: { key: string }) => key === name);
    expect(of('visit')).toMatchObject({ from: { status: 'corroborated' }, to: { status: 'confirmed', rule: 'R4' } });
    expect(of('arms')).toBeUndefined();
    expect(body.attributions.added).toHaveLength(5);
    expect(body.attributions.added[2]).toMatchObject({ stance: 'no_comment', part: { setAside: 'no_comment' } });
    expect(body.text).toContain('"visit": corroborated -> confirmed (multiple)');
    const back = await get(`/diff?from=${LAST}&to=${LAST}&statedTo=2023-09-11T10:00:00Z`);
    expect(back.body.attributions).toMatchObject({ added: [], gone: expect.objectContaining({ length: 5 }) });
    expect((await get(`/diff?from=3&to=3`)).body).toMatchObject({ thread: null, claims: [], text: [] });
  });

  it('explains a claim at any moment, with all that was set aside', async () => {
    const then = await get(`/claims/visit/explain?revision=${FIRST_WORD + 6}`);
    expect(then.body).toMatchObject({
      standing: { status: 'corroborated', rule: 'R6' },
      asOf: { revision: String(FIRST_WORD + 6) },
      for: [{ group: 'outlet:nyt', words: [{ stance: 'report' }] }, { group: 'unnamed:interfax-regional' }],
      against: [],
      setAside: [{ reason: 'no_comment', stance: 'no_comment' }],
    });
    expect(then.body.wouldChange[0].sentence).toContain('makes it');
    const now = (await get('/claims/visit/explain')).body;
    expect(now.setAside.map(({ reason }: { reason: string }) => reason).toSorted()).toEqual(['echo', 'no_comment']);
    expect(now.text).toMatch(/^"visit" stands as confirmed \(multiple\): a party or authority confirms it/);
    expect((await get('/claims/visit/explain?revision=0')).body).toMatchObject({ code: 'claim_not_found' });
  });

  it('is on the board of a time, for which the read model must know the thread', async () => {
    const board = await api.inject({ url: '/v1/threads?statedUntil=2023-09-11T03:30:00Z&limit=5', as: 'reader' });
    // No projector runs here.
    expect(board.json()).toEqual({ items: [], next: null });
    for (const parameter of ['recordedUntil', 'statedUntil']) {
      const answer = await api.inject({ url: `/v1/threads?${parameter}=then`, as: 'reader' });
      expect(answer.json()).toMatchObject({ status: 400, errors: [{ parameter }] });
    }
  });

  it.each([
    ['/diff', 'from'],
    ['/diff?from=then', 'from'],
    ['/diff?from=1&statedTo=7', 'statedTo'],
    ['/claims/visit/explain?revision=x', 'revision'],
  ])('%s is refused, for %s', async (path, parameter) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { errors: [{ parameter }] } });
  });

  it('is a table for those who ask for one, with nothing in it that a spreadsheet would run', async () => {
    await api.parts.threads.revise(
      seedStory.thread.slug,
      { headline: '=HYPERLINK("http://evil.example")' },
      commandContext({ actor: { id: 'key:evil', name: '@SUM(1)' } }),
    );
    const answer = await api.inject({ url: `${THREAD}/replay`, as: 'reader', headers: { accept: 'text/csv' } });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="replay-kim-putin-visit.csv"');
    const rows: Record<string, string>[] = parse(answer.body, { columns: true });
    expect(rows).toHaveLength(LAST + 2);
    expect(rows[15]).toMatchObject({
      claim: 'visit',
      status_to: 'confirmed',
      basis_to: 'multiple',
      thread_to: 'confirmed',
    });
    expect(rows.at(-1)).toMatchObject({ actor: "'@SUM(1)", type: 'ThreadRevised' });
    for (const cell of rows.flatMap((row) => Object.values(row))) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    const page = await api.inject({ url: `${THREAD}/replay?format=csv&limit=3`, as: 'reader' });
    expect(parse(page.body, { columns: true })).toHaveLength(3);
    expect(page.headers.link).toContain('rel="next"');
  });

  it.each([
    ['?revision=999', 404, 'moment_not_found'],
    ['?recordedUntil=2001-01-01T00:00:00Z', 404, 'moment_not_found'],
    ['/claims/nothing?revision=3', 404, 'claim_not_found'],
    ['/replay?to=999', 404, 'moment_not_found'],
  ])('%s is answered %i %s', async (path, status, code) => {
    expect(await get(path)).toMatchObject({ status, body: { code } });
  });

  it.each([
    ['?revision=-1', 'revision'],
    ['?revision=1.5', 'revision'],
    ['?revision=1&revision=2', 'revision'],
    ['?recordedUntil=yesterday', 'recordedUntil'],
    ['?statedUntil=2023-02-30T00:00:00Z', 'statedUntil'],
    ['?asOf=3', 'asOf'],
    ['/replay?from=soon', 'from'],
    ['/replay?from=9&to=3', 'to'],
    ['/replay?changes=some', 'changes'],
    ['/replay?format=xml', 'format'],
    ['/replay?limit=0', 'limit'],
  ])('%s is refused, with the parameter at fault', async (path, parameter) => {
    expect(await get(path)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [expect.objectContaining({ parameter })] },
    });
  });

  it('is nobody’s who may not read, and of no thread that is not there', async () => {
    expect((await api.inject({ url: `${THREAD}/replay` })).statusCode).toBe(401);
    const nowhere = '/v1/threads/0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11';
    for (const path of ['?revision=0', '/replay', '/claims?revision=0']) {
      const answer = await api.inject({ url: `${nowhere}${path}`, as: 'reader' });
      expect(answer.json()).toMatchObject({ status: 404, code: 'thread_not_found' });
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECTIONS, Projector } from '#read-models';
import { seedStory } from '../../../test/seed-story.js';
import { attributionInput, commandContext, openStory } from '../../../test/tell-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const piece = 'https://news.example/kim-in-russia';
const publishedAt = '2023-09-11T12:05:00Z';
const slugOf = (suffix: string) => `${seedStory.thread.slug}${suffix}`;

describe('publications', () => {
  let api: ApiUnderTest;
  const stop = new AbortController();
  let projecting: Promise<void>;
  beforeAll(async () => {
    api = await createApiUnderTest();
    const projector = new Projector({ store: api.parts.store, pool: api.parts.pool, projections: PROJECTIONS });
    projecting = projector.run(stop.signal);
    for (const suffix of ['', '-a', '-b']) await tell(suffix);
  });
  afterAll(async () => {
    stop.abort();
    await projecting;
    await api.close();
  });

  async function tell(suffix: string): Promise<void> {
    const threadId = await openStory(api.parts, seedStory, suffix);
    for (const step of seedStory.attributions) {
      await api.parts.threads.record(threadId, attributionInput(step, suffix), commandContext());
    }
  }
  let position = '0';
  const post = async (path: string, payload: object) => {
    const answer = await api.inject({ method: 'POST', url: `/v1/${path}`, as: 'editor', payload });
    const body = answer.json();
    if (body.position) position = body.position;
    return { status: answer.statusCode, body };
  };
  /** As far as the last write. */
  const get = async (path: string) => {
    const url = `/v1/${path}${path.includes('?') ? '&' : '?'}after=${position}`;
    const answer = await api.inject({ url, as: 'reader' });
    return { status: answer.statusCode, body: answer.json() };
  };
  const publish = (suffix: string, more: object = {}) =>
    post(`threads/${slugOf(suffix)}/publications`, { piece: `${piece}${suffix}`, publishedAt, ...more });
  const deny = (suffix: string, thread = suffix, key = 'late-denial') =>
    post(`threads/${slugOf(thread)}/attributions`, {
      claim: 'visit',
      key,
      source: `peskov${suffix}`,
      stance: 'deny',
      statedAt: '2023-09-12T08:00:00Z',
    });
  const downgrades = async (query = '') => (await get(`publications/downgrades${query}`)).body.items;

  it('pin a piece to the thread as it stands, with the core claims that are firm', async () => {
    const { status, body } = await publish('', { title: 'Kim heads for Russia' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ pinnedRevision: '19', revision: '20', reliesOn: [expect.any(String)], changed: true });
    const again = await publish('', { title: 'Kim heads for Russia' });
    expect(again).toMatchObject({ status: 200, body: { changed: false, publicationId: body.publicationId } });
    const { items } = (await get(`threads/${slugOf('')}/publications`)).body;
    expect(items).toMatchObject([
      { publicationId: body.publicationId, state: 'standing', claims: [{ key: 'visit', status: 'confirmed' }] },
    ]);
  });

  it('remember what we knew when we published', async () => {
    const { body } = await publish('-b', { piece: 'cms-4711', revision: '11', claims: ['visit', 'departed'] });
    expect(body.pinnedRevision).toBe('11');
    const shown = (await get(`publications/${body.publicationId}`)).body;
    expect(shown.knew).toMatchObject({ status: 'developing', asOf: { revision: '11' } });
    expect(shown.claims.map(({ key, status }: { key: string; status: string }) => [key, status])).toEqual([
      ['departed', 'reported'],
      ['visit', 'confirmed'],
    ]);
    const knew = shown.knew.claims.find(({ key }: { key: string }) => key === 'visit');
    expect(knew.status).toBe('corroborated');
  });

  it('are on the downgrade list once a claim falls, with the event that caused it, and risen when it stands again', async () => {
    expect(await downgrades()).toEqual([]);
    const denied = await deny('');
    const [item, ...others] = await downgrades();
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      publication: { piece, state: 'standing' },
      claim: { key: 'visit', status: 'disputed' },
      from: 'confirmed',
      to: 'disputed',
      now: 'fallen',
      falls: 1,
      cause: { eventType: 'ClaimDenied', revision: denied.body.revision, rule: 'R2' },
    });
    await post(`threads/${slugOf('')}/attributions/late-denial/void`, { reason: 'Misheard.' });
    expect(await downgrades()).toMatchObject([{ now: 'risen', claim: { status: 'confirmed' } }]);
    expect(await downgrades('?now=fallen')).toEqual([]);
    await deny('', '', 'later-denial');
    expect(await downgrades('?now=fallen')).toMatchObject([{ falls: 2, to: 'disputed' }]);
    expect(await downgrades('?desk=sport')).toEqual([]);
    expect(await downgrades(`?thread=${slugOf('-b')}`)).toEqual([]);
  });

  it('leave the list when they are withdrawn, and when the piece goes out again', async () => {
    const [item] = await downgrades();
    const again = await publish('', { title: 'Doubts about Kim’s visit', publishedAt: '2023-09-12T09:00:00Z' });
    expect(again.status).toBe(201);
    expect(again.body.reliesOn).toEqual([]);
    expect(await downgrades()).toEqual([]);
    expect((await get(`publications/${item.publication.publicationId}`)).body.state).toBe('superseded');
    const path = `threads/${slugOf('')}/publications/${again.body.publicationId}/withdrawal`;
    expect(await post(path, { reason: 'Pulled.' })).toMatchObject({ status: 200, body: { changed: true } });
    expect(await post(path, { reason: 'Pulled.' })).toMatchObject({ status: 200, body: { changed: false } });
    // What went out before it stands again.
    expect(await downgrades()).toMatchObject([{ publication: { piece } }]);
    expect((await get('publications?state=withdrawn')).body.items).toHaveLength(1);
  });

  it('are followed into the thread that theirs was merged into, and back', async () => {
    await publish('-a');
    await post(`threads/${slugOf('-a')}/merge`, { into: slugOf('-b'), reason: 'One story.' });
    expect(await downgrades('?now=fallen')).toHaveLength(1);
    expect((await publish('-a', { title: 'Too late' })).body).toMatchObject({ status: 409, code: 'thread_merged' });
    const survivor = (await get(`threads/${slugOf('-b')}`)).body;
    const carried = survivor.claims.find(
      ({ key, carriedFrom }: { key: string; carriedFrom: string | null }) => key === 'visit' && carriedFrom !== null,
    );
    await post(`threads/${slugOf('-b')}/attributions`, {
      claim: carried.claimId,
      source: 'peskov-a',
      stance: 'deny',
      statedAt: '2023-09-12T08:00:00Z',
    });
    const fallen = (await downgrades()).find(({ publication }: { publication: { piece: string } }) =>
      publication.piece.endsWith('-a'),
    );
    expect(fallen).toMatchObject({
      to: 'disputed',
      cause: { threadId: survivor.threadId },
      claim: { threadId: survivor.threadId },
    });
    const ofSurvivor = (await get(`threads/${slugOf('-b')}/publications`)).body.items;
    expect(ofSurvivor.map((each: { piece: string }) => each.piece)).toEqual([`${piece}-a`, 'cms-4711']);
    await post(`threads/${slugOf('-a')}/unmerge`, { reason: 'Two stories.' });
    const back = (await downgrades(`?thread=${slugOf('-a')}`))[0];
    expect(back).toMatchObject({ falls: 1, now: 'fallen', claim: { threadId: back.publication.threadId } });
  });

  it('are paged without gap or repeat', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = '', first = true; first || cursor !== null; first = false) {
      const { body } = await get(`publications?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ publicationId }: { publicationId: string }) => publicationId));
      cursor = body.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(4);
    const one = (await get('publications/downgrades?limit=1')).body;
    const two = (await get(`publications/downgrades?limit=1&cursor=${one.next}`)).body;
    expect(two.items).toHaveLength(1);
    expect(two.items[0].publication.piece).not.toBe(one.items[0].publication.piece);
    expect(two.next).toBeNull();
    expect((await get(`publications?piece=${encodeURIComponent(piece)}`)).body.items).toHaveLength(2);
  });

  it.each([
    [{ piece: '', publishedAt }, 400, '/piece'],
    [{ piece }, 400, '/publishedAt'],
    [{ piece, publishedAt: '2999-01-01T00:00:00Z' }, 400, '/publishedAt'],
    [{ piece, publishedAt, revision: 3 }, 400, '/revision'],
    [{ piece, publishedAt, claims: ['visit', 'visit'] }, 400, '/claims/1'],
    [{ piece: 'x', publishedAt, revision: '99' }, 422, '/revision'],
    [{ piece: 'x', publishedAt, claims: ['nothing'] }, 422, '/claims/0'],
    // The claim was not there yet at that revision.
    [{ piece: 'x', publishedAt, revision: '1', claims: ['arms'] }, 422, '/claims/0'],
  ])('refuse %j with %i at %s', async (payload, status, pointer) => {
    const answer = await post(`threads/${slugOf('-b')}/publications`, payload);
    expect(answer).toMatchObject({ status, body: { errors: [expect.objectContaining({ pointer })] } });
  });

  it.each([
    ['publications/0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11', 404],
    ['publications/nonsense', 400],
    ['publications/downgrades?now=maybe', 400],
    ['publications?state=gone', 400],
    ['publications?cursor=WzFd', 400],
    ['threads/no-such-thread/publications', 404],
  ])('answer %s with %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});

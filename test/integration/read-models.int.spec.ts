import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECTIONS, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import { seedStory } from '../seed-story.js';
import { attributionInput, commandContext, openStory } from '../tell-story.js';

describe('the read models of the seed story', () => {
  let newsroom: Newsroom;
  let threadId: string;
  beforeAll(async () => {
    newsroom = await openNewsroom();
    newsroom.startProjector();
    threadId = await openStory(newsroom, seedStory);
  });
  afterAll(() => newsroom.close());

  it.each(seedStory.attributions)('after attribution $n show $claim as $expect.claim', async (step) => {
    const receipt = await newsroom.threads.record(threadId, attributionInput(step), commandContext());
    expect(receipt.standing.claims.get(receipt.claimId ?? '')?.status).toBe(step.expect.claim);
    expect(await newsroom.waiter.waitFor(receipt.position ?? 0n, 5_000)).toBe(true);
    const board = await newsroom.queries.thread(threadId);
    expect(board).toMatchObject({ status: step.expect.thread, revision: receipt.revision });
    const claim = (await newsroom.queries.claims(threadId)).find(({ key }) => key === step.claim);
    expect(claim?.status).toBe(step.expect.claim);
    if (step.expect.basis !== undefined) expect(claim?.basis).toBe(step.expect.basis);
  });

  it('finds words in headlines, statements and quotes', async () => {
    expect((await newsroom.queries.search('munitions', 10)).map(({ kind }) => kind)).toEqual(['claim']);
    expect((await newsroom.queries.search('"Comrade Putin"', 10))[0]?.snippet).toContain('«Comrade» «Putin»');
    expect((await newsroom.queries.search('talks Russia', 10)).map(({ kind }) => kind)).toContain('thread');
  });

  it('counts what each source said and carried', async () => {
    const kcna = await newsroom.queries.sourceById(await newsroom.sources.idOf('kcna'));
    expect(kcna).toMatchObject({ spokenConfirm: 2, carried: 0, name: 'Korean Central News Agency' });
    const tass = await newsroom.queries.sourceById(await newsroom.sources.idOf('tass'));
    expect(tass).toMatchObject({ spokenConfirm: 0, carried: 3 });
  });

  it('tell how each status came about', async () => {
    const { items } = await newsroom.queries.history(threadId, { limit: 100, cursor: null });
    const thread = items.filter(({ claimId }) => claimId === null).map(({ statusAfter }) => statusAfter);
    expect(thread).toEqual(['open', 'developing', 'confirmed']);
    const visit = items.filter(({ claimKey }) => claimKey === 'visit').map(({ statusAfter }) => statusAfter);
    expect(visit).toEqual(['open', 'reported', 'corroborated', 'confirmed']);
  });
});

describe('the read models of a busy newsroom', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
    // Two at once, in small batches: each event must still be applied once.
    newsroom.startProjector(17);
    newsroom.startProjector(13);
    await Promise.all(Array.from({ length: 200 }, (_, n) => tellAndAmend(newsroom, `-${n}`)));
    await mergeAndPart(newsroom);
    await newsroom.settled();
  }, 120_000);
  afterAll(() => newsroom.close());

  it.each(PROJECTIONS)('equal a rebuild: $name', async (projection) => {
    const live = await rowsOf(newsroom, projection);
    expect(live.length).toBeGreaterThan(10);
    const ownerPool = newsroom.database.ownerPool;
    await rebuild({ store: newsroom.store, ownerPool, projection });
    expect(await rowsOf(newsroom, projection)).toEqual(live);
  });

  it('go on after a rebuild', async () => {
    await tellAndAmend(newsroom, '-later');
    await newsroom.settled();
    const { items } = await newsroom.queries.board({ topic: ['russia'] }, { limit: 1, cursor: null });
    expect(items[0]?.slug).toBe('kim-putin-visit-later');
    expect(newsroom.errors).toEqual([]);
  });

  it('are paged without gap or repeat', async () => {
    const seen: string[] = [];
    for (let cursor: readonly string[] | null = null, first = true; first || cursor !== null; first = false) {
      const page = await newsroom.queries.board({}, { limit: 50, cursor });
      seen.push(...page.items.map(({ threadId }) => threadId));
      cursor = page.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(201);
  });
});

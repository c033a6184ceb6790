import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { seedStory } from '../../../test/seed-story.js';
import { attributionInput, commandContext, openStory } from '../../../test/tell-story.js';

describe('a thread with its claims, in one statement', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
    newsroom.startProjector();
  });
  afterAll(() => newsroom.close());

  it('is what the entities make of the same rows', async () => {
    const threadId = await openStory(newsroom, seedStory);
    for (const step of seedStory.attributions) {
      await newsroom.threads.record(threadId, attributionInput(step), commandContext());
    }
    await newsroom.threads.rule(threadId, 'eef', { status: 'confirmed', reason: 'seen by us' }, commandContext());
    await newsroom.settled();
    const { queries } = newsroom;
    const read = await queries.threadWithClaims(threadId);
    expect(read?.claims.length).toBe(seedStory.claims.length);
    expect(read).toEqual({ thread: await queries.thread(threadId), claims: await queries.claims(threadId) });
  });

  it('has no claim where there is none', async () => {
    const details = { slug: 'quiet', headline: 'Nothing yet', desk: 'world', topics: [], language: 'en' };
    const opened = await newsroom.threads.open({ ...details, claims: [], attributions: [] }, commandContext());
    await newsroom.settled();
    const read = await newsroom.queries.threadWithClaims(opened.threadId);
    expect(read).toEqual({ thread: await newsroom.queries.thread(opened.threadId), claims: [] });
  });

  it('is null of an id that no thread has', async () => {
    expect(await newsroom.queries.threadWithClaims(newId())).toBeNull();
  });
});

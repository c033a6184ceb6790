import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessLog, parkingRecord } from '#operations';
import { ParkedEvents, PROJECTIONS, type Projection, Projector, rebuild } from '#read-models';
import { eventually } from '../../../test/eventually.js';
import { among, FaultyProjection, projectionNamed } from '../../../test/faults/faulty-projection.js';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { seedStory } from '../../../test/seed-story.js';
import { commandContext, openStory } from '../../../test/tell-story.js';

const ADMIN = { id: 'key:01900000-0000-7000-8000-000000000001', name: 'Night desk' };

describe('the generation of the read models', () => {
  let newsroom: Newsroom;
  let stop: AbortController;
  let running: Promise<void> = Promise.resolve();
  beforeEach(async () => {
    newsroom = await openNewsroom();
    stop = new AbortController();
  });
  afterEach(async () => {
    await pause();
    await newsroom.close();
  });

  const project = (projections: readonly Projection[] = PROJECTIONS) => {
    const { store, waiter, database } = newsroom;
    const onApplied = (position: bigint) => waiter.applied(position);
    stop = new AbortController();
    running = new Projector({ store, pool: database.appPool, projections, onApplied }).run(stop.signal);
  };
  /** A projector that works renews its leases, which the generation cannot tell from a change. */
  const pause = async () => {
    stop.abort();
    await running;
  };
  const generation = () => newsroom.queries.generation();

  it('stays while nobody writes, and is one for all who ask', async () => {
    project();
    await openStory(newsroom, seedStory);
    await newsroom.settled();
    await pause();
    const first = await generation();
    expect(new Set(await Promise.all(Array.from({ length: 20 }, generation)))).toEqual(new Set([first]));
    expect(await generation()).toBe(first);
  });

  it('is another as soon as an event has been applied', async () => {
    project();
    const threadId = await openStory(newsroom, seedStory);
    await newsroom.settled();
    for (const headline of ['One', 'Two', 'Three']) {
      const before = await generation();
      await newsroom.threads.revise(threadId, { headline }, commandContext());
      await newsroom.settled();
      expect(await generation()).toBeGreaterThan(before);
      expect((await newsroom.queries.thread(threadId))?.headline).toBe(headline);
    }
  });

  it('is another after a rebuild, though it was at the same position', async () => {
    project();
    await openStory(newsroom, seedStory);
    await newsroom.settled();
    await pause();
    for (const projection of PROJECTIONS) {
      const before = await generation();
      await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
      expect(await generation()).toBeGreaterThan(before);
    }
  });

  it.each(['retry', 'drop'] as const)('is another after the %s of what was parked', async (decision) => {
    const threadId = await openStory(newsroom, seedStory);
    await newsroom.threads.revise(threadId, { headline: 'One' }, commandContext());
    await newsroom.threads.revise(threadId, { headline: 'Two' }, commandContext());
    const faulty = new FaultyProjection(
      projectionNamed('thread-board'),
      ({ event }) => event.type === 'ThreadRevised' && event.data.headline === 'One',
    );
    project(among(faulty));
    const { store, database, queries } = newsroom;
    const record = parkingRecord(new AccessLog(database.appPool));
    const parked = new ParkedEvents({ pool: database.appPool, store, record }, among(faulty));
    const event = await eventually(
      async () => (await parked.list({ state: ['parked'] }, { limit: 1, cursor: null })).items[0],
    );
    await pause();
    const before = await generation();
    faulty.mended = true;
    if (decision === 'retry') await parked.retry(event.parkedId, ADMIN);
    else await parked.drop(event.parkedId, ADMIN, 'it was a test');
    expect((await queries.thread(threadId))?.headline).toBe('Two');
    expect(await generation()).toBeGreaterThan(before);
  });
});

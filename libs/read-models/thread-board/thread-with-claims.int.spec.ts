import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ThreadId } from '#domain';
import { newId } from '#platform';
import { rebuild, type ThreadVersion } from '#read-models';
import { projectionNamed } from '../../../test/faults/faulty-projection.js';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { seedStory } from '../../../test/seed-story.js';
import { attributionInput, commandContext, openStory } from '../../../test/tell-story.js';
import { PARKED_TABLE } from '../parking/parked-table.js';
import { inTransaction } from '../projection/transaction.js';
import { createShadow, swapInShadow } from '../rebuilding/shadow-tables.js';

describe('a thread with its claims, in one statement', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
    newsroom.startProjector();
  });
  afterAll(() => newsroom.close());

  const readAnew = async (threadId: ThreadId) =>
    (await newsroom.queries.threadsWithClaims(new Map([[threadId, null]]))).get(threadId);

  it('is what the entities make of the same rows', async () => {
    const threadId = await openStory(newsroom, seedStory);
    for (const step of seedStory.attributions) {
      await newsroom.threads.record(threadId, attributionInput(step), commandContext());
    }
    await newsroom.threads.rule(threadId, 'eef', { status: 'confirmed', reason: 'seen by us' }, commandContext());
    await newsroom.settled();
    const { queries } = newsroom;
    const read = await readAnew(threadId);
    expect(read?.claims.length).toBe(seedStory.claims.length);
    expect(read).toEqual({
      version: read?.version,
      thread: await queries.thread(threadId),
      claims: await queries.claims(threadId),
    });
  });

  it('has no claim where there is none', async () => {
    const details = { slug: 'quiet', headline: 'Nothing yet', desk: 'world', topics: [], language: 'en' };
    const opened = await newsroom.threads.open({ ...details, claims: [], attributions: [] }, commandContext());
    await newsroom.settled();
    const read = await readAnew(opened.threadId);
    expect(read).toEqual({
      version: read?.version,
      thread: await newsroom.queries.thread(opened.threadId),
      claims: [],
    });
  });

  it('is null of an id that no thread has', async () => {
    expect(await readAnew(newId())).toBeNull();
  });

  it('is read only where it is no longer as the caller knows it', async () => {
    const { queries, database } = newsroom;
    const [changed, same] = await Promise.all([
      openStory(newsroom, seedStory, '-a'),
      openStory(newsroom, seedStory, '-b'),
    ]);
    await newsroom.settled();
    const known = new Map<ThreadId, ThreadVersion | null>();
    const read = async () => {
      const threads = await queries.threadsWithClaims(known);
      for (const [threadId, thread] of threads) known.set(threadId, thread?.version ?? null);
      return [...threads.keys()];
    };
    known.set(changed, null).set(same, null);
    expect(new Set(await read())).toEqual(new Set([changed, same]));
    expect(await read()).toEqual([]);

    await newsroom.threads.revise(changed, { headline: 'Another' }, commandContext());
    await newsroom.settled();
    expect(await read()).toEqual([changed]);

    // Of all rows one claim alone.
    await database.ownerPool.query(
      `UPDATE read_models.claim SET statement = 'another' WHERE thread_id = $1 AND key = 'eef'`,
      [changed],
    );
    expect(await read()).toEqual([changed]);
    await database.ownerPool.query(`DELETE FROM read_models.claim WHERE thread_id = $1 AND key = 'eef'`, [changed]);
    expect(await read()).toEqual([changed]);
    expect(await read()).toEqual([]);

    await database.ownerPool.query(`DELETE FROM read_models.thread_board WHERE thread_id = $1`, [changed]);
    expect(await queries.threadsWithClaims(known)).toEqual(new Map([[changed, null]]));
  });

  it.each(['thread-board', 'claim'])('is read again when a rebuild has exchanged the tables of %s', async (name) => {
    const { queries, store, database } = newsroom;
    const threadId = await openStory(newsroom, seedStory, `-${name}`);
    await newsroom.settled();
    const version = (await readAnew(threadId))?.version ?? null;
    await rebuild({ store, ownerPool: database.ownerPool, projection: projectionNamed(name) });
    const again = await queries.threadsWithClaims(new Map([[threadId, version]]));
    expect(again.get(threadId)?.claims.length).toBe(seedStory.claims.length);
  });

  it('is that of the new tables when it waits while a rebuild swaps them in', async () => {
    const { database, queries } = newsroom;
    const threadId = await openStory(newsroom, seedStory, '-swapped');
    await newsroom.settled();
    const version = (await readAnew(threadId))?.version ?? null;
    const [schema, tables] = ['read_models_swapped', ['thread_board', 'thread_slug']] as const;
    await createShadow(database.ownerPool, schema, tables);
    await inTransaction(database.ownerPool, async (client) => {
      await client.query('LOCK TABLE read_models.thread_board IN ACCESS EXCLUSIVE MODE');
      const reading = queries.threadsWithClaims(new Map([[threadId, version]]));
      await expect.poll(isWaiting).toBe(true);
      await client.query(`DROP TABLE ${schema}.${PARKED_TABLE}`);
      await swapInShadow(client, schema, tables);
      await client.query('COMMIT');
      // The new ones are empty.
      expect(await reading).toEqual(new Map([[threadId, null]]));
    });
  });

  async function isWaiting(): Promise<boolean> {
    const { rows } = await newsroom.database.ownerPool.query<{ waits: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE NOT l.granted AND l.locktype = 'relation' AND a.query LIKE '%wanted%') AS waits`,
    );
    return rows[0]?.waits === true;
  }
});

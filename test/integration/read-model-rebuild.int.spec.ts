import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECTIONS, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';

describe('a rebuild while the newsroom works and a projector runs', () => {
  let newsroom: Newsroom;
  let before: readonly string[];
  beforeAll(async () => {
    newsroom = await openNewsroom();
    newsroom.startProjector(11);
    await Promise.all(Array.from({ length: 10 }, (_, n) => tellAndAmend(newsroom, `-${n}`)));
    before = await definitions();
    let working = true;
    const writing = (async () => {
      for (let n = 100; working; n++) await tellAndAmend(newsroom, `-${n}`);
    })();
    const reading = (async () => {
      // Readers must never meet a moment without the tables.
      while (working) {
        await newsroom.queries.board({ words: 'Kim' }, { limit: 20, cursor: null });
        await newsroom.queries.search('Putin', 5);
      }
    })();
    try {
      for (const projection of PROJECTIONS) {
        await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
      }
    } finally {
      working = false;
      await writing;
      await reading;
    }
    await mergeAndPart(newsroom);
    await newsroom.settled();
  }, 120_000);
  afterAll(() => newsroom.close());

  it('disturbs neither', () => {
    expect(newsroom.errors).toEqual([]);
  });

  it.each(PROJECTIONS)('gives what a rebuild in peace gives: $name', async (projection) => {
    const live = await rowsOf(newsroom, projection);
    await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
    expect(await rowsOf(newsroom, projection)).toEqual(live);
  });

  it('keeps the names of keys and indexes, and the privileges', async () => {
    expect(before.length).toBeGreaterThan(25);
    expect(await definitions()).toEqual(before);
  });

  it('refuses a second one at once', async () => {
    const [projection] = PROJECTIONS;
    if (projection === undefined) throw new Error('There is no projection.');
    const options = { store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection };
    const results = await Promise.allSettled([rebuild(options), rebuild(options)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'rebuild_under_way' });
  });

  /** Every index, key, default, generated column and grant of the schema. */
  async function definitions(): Promise<readonly string[]> {
    const { rows } = await newsroom.database.ownerPool.query<{ definition: string }>(`
      SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'read_models'
      UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'read_models'::regnamespace
      UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, generation_expression)
        FROM information_schema.columns WHERE table_schema = 'read_models'
      UNION ALL SELECT concat_ws(' ', table_name, grantee, privilege_type) FROM information_schema.role_table_grants
        WHERE table_schema = 'read_models'`);
    return rows.map(({ definition }) => definition).toSorted();
  }
});

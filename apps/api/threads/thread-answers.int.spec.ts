import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rebuild } from '#read-models';
import { eventually } from '../../../test/eventually.js';
import { projectionNamed } from '../../../test/faults/faulty-projection.js';
import { seedStory } from '../../../test/seed-story.js';
import { attributionInput, commandContext, openStory } from '../../../test/tell-story.js';
import { KnownAnswers } from '../known-answers/known-answers.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';
import { ThreadAnswers } from './thread-answers.js';

const URL = `/v1/threads/${seedStory.thread.slug}`;

describe('the answer of a thread', () => {
  let api: ApiUnderTest;
  let threadId: string;
  beforeAll(async () => {
    api = await createApiUnderTest();
    api.project();
    threadId = await openStory(api.parts, seedStory);
    await settled();
  });
  afterAll(() => api.close());

  const owner = () => api.database.ownerPool;
  const settled = async () => expect(await api.parts.waiter.waitFor(await api.parts.store.head(), 20_000)).toBe(true);
  const get = (headers: Record<string, string> = {}, url = URL) => api.inject({ url, as: 'reader', headers });
  const revise = (headline: string) => api.parts.threads.revise(threadId, { headline }, commandContext());
  /** As a process says it that knows nothing yet. */
  const anew = async () => {
    const { queries } = api.parts;
    return (await new ThreadAnswers(queries, new KnownAnswers(queries)).of(threadId))?.bytes.toString();
  };

  it('is at each step what a process that knows nothing would answer', async () => {
    for (const step of seedStory.attributions) {
      const { position } = await api.parts.threads.record(threadId, attributionInput(step), commandContext());
      const answers = await Promise.all([get(), get({ 'x-after-position': String(position) }), get()]);
      const shown = answers[1];
      expect(shown?.json()).toMatchObject({ position: String(position) });
      expect(shown?.body).toBe(await anew());
      expect(shown?.headers.etag).toBe(`"${shown?.json().revision}"`);
      expect(shown?.headers['content-type']).toBe('application/json; charset=utf-8');
      // Now it is known.
      expect((await get()).body).toBe(shown?.body);
    }
  });

  it('is found by id, by slug and by an old slug', async () => {
    const { position } = await api.parts.threads.revise(threadId, { slug: 'kim-in-russia' }, commandContext());
    const after = { 'x-after-position': String(position) };
    const [byId, bySlug, byOldSlug] = await Promise.all(
      [`/v1/threads/${threadId}`, '/v1/threads/kim-in-russia', URL].map((url) => get(after, url)),
    );
    expect(byId?.json()).toMatchObject({ slug: 'kim-in-russia' });
    expect(bySlug?.body).toBe(byId?.body);
    expect(byOldSlug?.body).toBe(byId?.body);
    expect((await get({}, `/v1/threads/${threadId.replace(/.{4}$/, '0000')}`)).json()).toMatchObject({
      status: 404,
      code: 'thread_not_found',
    });
  });

  it('is 304 to who has it, and the whole to who has another', async () => {
    const shown = await get();
    const etag = String(shown.headers.etag);
    const unchanged = await get({ 'if-none-match': etag });
    expect([unchanged.statusCode, unchanged.body, unchanged.headers.etag]).toEqual([304, '', etag]);
    expect(unchanged.headers['content-type']).toBeUndefined();
    await revise('Another headline');
    await settled();
    const changed = await get({ 'if-none-match': etag });
    expect([changed.statusCode, changed.json().headline]).toEqual([200, 'Another headline']);
  });

  it('of HEAD has the headers of GET and no body', async () => {
    const head = await api.inject({ method: 'HEAD', url: URL, as: 'reader' });
    const shown = await get();
    for (const name of ['content-type', 'content-length', 'etag']) expect(head.headers[name]).toBe(shown.headers[name]);
    expect([head.statusCode, head.body]).toEqual([200, '']);
  });

  it('is the same for every role, and for nobody without one, however well it is known', async () => {
    const bodies = await Promise.all(
      (['reader', 'reporter', 'editor', 'admin'] as const).map(async (as) => (await api.inject({ url: URL, as })).body),
    );
    expect(new Set(bodies)).toEqual(new Set([await anew()]));
    expect((await api.inject({ url: URL })).statusCode).toBe(401);
    const { key, secret } = await api.parts.keys.create({ name: 'leaver', role: 'reader', createdBy: 'system:test' });
    const asLeaver = () => api.inject({ url: URL, headers: { authorization: `Bearer ${secret}` } });
    expect((await asLeaver()).statusCode).toBe(200);
    await api.parts.keys.revoke(key.keyId, { id: 'system:test', name: 'Test' });
    expect((await asLeaver()).statusCode).toBe(401);
  });

  it('is what a rebuild has put right, once it has ended, and whole meanwhile', async () => {
    const sound = await anew();
    const { store } = api.parts;
    // A slip of an earlier build, which left its rows wrong.
    await owner().query(`UPDATE read_models.claim SET statement = 'wrong' WHERE thread_id = $1`, [threadId]);
    await owner().query(`UPDATE read_models.checkpoints SET updated_at = now() WHERE projection = 'claim'`);
    const wrong = (await get()).body;
    expect(wrong).toContain('"statement":"wrong"');
    let under = true;
    const reading = (async () => {
      const seen = new Set<string>();
      while (under) for (const answer of await Promise.all([get(), get(), get()])) seen.add(answer.body);
      return seen;
    })();
    for (const name of ['thread-board', 'claim']) {
      await rebuild({ store, ownerPool: owner(), projection: projectionNamed(name) });
    }
    expect((await get()).body).toBe(sound);
    under = false;
    for (const seen of await reading) expect([wrong, sound]).toContain(seen);
  });

  describe('while the database does not answer', () => {
    /** Looks at the generation wait until the work is done. */
    const withLookHeld = async (work: (isHeld: () => Promise<boolean>) => Promise<void>) => {
      const holder = await owner().connect();
      try {
        await holder.query('BEGIN; LOCK TABLE read_models.checkpoints IN ACCESS EXCLUSIVE MODE');
        await work(async () => (await waiting()).length > 0);
      } finally {
        await holder.query('ROLLBACK');
        holder.release();
      }
    };
    const waiting = async (): Promise<number[]> => {
      const { rows } = await owner().query<{ pid: number }>(
        `SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE NOT l.granted AND l.relation = 'read_models.checkpoints'::regclass AND a.query LIKE '%string_agg%'`,
      );
      return rows.map(({ pid }) => pid);
    };

    it('fails for all who share a look, and for nobody after them', async () => {
      expect((await get()).statusCode).toBe(200);
      await withLookHeld(async () => {
        let answered = 0;
        let killed = 0;
        const asking = Array.from({ length: 12 }, async () => {
          const answer = await get();
          answered += 1;
          return answer;
        });
        await eventually(async () => {
          const pids = await waiting();
          killed += pids.length;
          if (pids.length > 0)
            await owner().query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid', [pids]);
          return answered === asking.length ? true : null;
        });
        for (const answer of await Promise.all(asking)) {
          expect([answer.statusCode, answer.json().code]).toEqual([503, 'database_unavailable']);
        }
        expect(killed).toBeLessThan(asking.length);
      });
      expect((await get()).body).toBe(await anew());
    });

    it('is for the others when one who waits for it hangs up', async () => {
      const url = await api.app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 });
      const headers = { authorization: `Bearer ${await api.secret('reader')}` };
      const leaves = new AbortController();
      let leaving: Promise<unknown> = Promise.resolve();
      let staying: Promise<Response>[] = [];
      await withLookHeld(async (isHeld) => {
        leaving = fetch(`${url}${URL}`, { headers, signal: leaves.signal }).catch((error: unknown) => error);
        await expect.poll(isHeld).toBe(true);
        staying = [fetch(`${url}${URL}`, { headers }), fetch(`${url}${URL}`, { headers })];
        leaves.abort();
        expect(await leaving).toMatchObject({ name: 'AbortError' });
      });
      for (const answer of await Promise.all(staying)) {
        expect(answer.status).toBe(200);
        expect(await answer.text()).toBe(await anew());
      }
    });
  });
});

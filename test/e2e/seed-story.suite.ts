import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECTIONS, rebuild } from '#read-models';
import { type ApiUnderTest, createApiUnderTest } from '../../apps/api/testing/api-under-test.js';
import { startProjector } from '../../apps/projector/start-projector.js';
import { rowsOf } from '../busy-newsroom.js';
import { seedStory } from '../seed-story.js';
import type { LogOfItsOwn } from '../setup/kurrentdb.js';

export function seedStoryByRest(openLog?: () => Promise<LogOfItsOwn>): void {
  describe('a newsroom tool that tells the seed story by REST alone', () => {
    let log: LogOfItsOwn | undefined;
    let api: ApiUnderTest;
    let stop: () => Promise<void>;
    const threads = '/v1/threads';
    const path = `${threads}/${seedStory.thread.slug}`;
    beforeAll(async () => {
      log = await openLog?.();
      api = await createApiUnderTest(log === undefined ? {} : { store: log.store });
      const { store, pool, logger, waiter, proof } = api.parts;
      stop = startProjector({ store, pool, logger, waiter, proof, checkpointMs: 60_000 }).stop;
    });
    afterAll(async () => {
      await stop();
      await api.close();
      await log?.dispose();
    });

    const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
      api.inject({ method: 'POST', url, payload, headers, as: 'reporter' });
    const get = async (url: string) => {
      const answer = await api.inject({ url, as: 'reader' });
      expect(answer.statusCode, answer.body).toBe(200);
      return answer.json();
    };

    it('registers its sources, once', async () => {
      for (const source of seedStory.sources) {
        expect((await post('/v1/sources', source)).statusCode).toBe(201);
        const again = await post('/v1/sources', source);
        expect([again.statusCode, again.json().changed]).toEqual([200, false]);
      }
    });

    it('opens the thread with its claims', async () => {
      const opened = await post(threads, { ...seedStory.thread, claims: seedStory.claims });
      expect(opened.statusCode, opened.body).toBe(201);
      expect(opened.headers).toMatchObject({ etag: '"6"', location: `${threads}/${opened.json().threadId}` });
      const again = await post(threads, { ...seedStory.thread, claims: seedStory.claims });
      expect([again.statusCode, again.json().threadId]).toEqual([200, opened.json().threadId]);
    });

    it.each(seedStory.attributions)('records attribution $n: $claim is $expect.claim', async (step) => {
      const { n, claim, stance, source, via, onRecord, tentative, quote, statedAt } = step;
      const body = { claim, stance, source, via, onRecord, tentative, quote, statedAt, key: `n-${n}` };
      const recorded = await post(`${path}/attributions`, body, { 'idempotency-key': `step-${n}` });
      expect(recorded.statusCode, recorded.body).toBe(201);
      expect(recorded.json()).toMatchObject({ claim: { status: step.expect.claim }, status: step.expect.thread });

      const shown = await get(`${path}?after=${recorded.json().position}`);
      expect(shown.status).toBe(step.expect.thread);
      const shownClaim = shown.claims.find(({ key }: { key: string }) => key === claim);
      expect(shownClaim.status).toBe(step.expect.claim);
      if (step.expect.basis !== undefined) expect(shownClaim.basis).toBe(step.expect.basis);

      const replayed = await post(`${path}/attributions`, body, { 'idempotency-key': `step-${n}` });
      expect(replayed.headers['idempotent-replayed']).toBe('true');
      expect(replayed.json()).toEqual(recorded.json());
      const posted = await post(`${path}/attributions`, body);
      expect([posted.statusCode, posted.json().attributionId]).toEqual([200, recorded.json().attributionId]);
    });

    it('sees why, and what would change it', async () => {
      const claim = await get(`${path}/claims/departed`);
      expect(claim).toMatchObject({ status: 'reported', rule: 'R7', for: [{ group: 'government:kr' }] });
      expect(claim.for[0].attributionIds).toHaveLength(2);
      expect(claim.wouldChange[0].sentence).toBe('one tentative independent report makes it corroborated');
      const attributions = await get(`${path}/attributions?claim=visit`);
      expect(attributions.items.map(({ setAside }: { setAside: string }) => setAside)).toEqual([
        null,
        null,
        'no_comment',
        null,
        null,
        'echo',
      ]);
    });

    it('pages the history, the events and the board', async () => {
      const history = await get(`${path}/history?limit=5`);
      expect(history.items).toHaveLength(5);
      expect((await get(`${path}/history?limit=200&cursor=${history.next}`)).next).toBeNull();
      const events = await get(`${path}/events?limit=15`);
      const rest = await get(`${path}/events?limit=15&cursor=${events.next}`);
      expect([...events.items, ...rest.items].map(({ revision }) => revision)).toEqual(
        Array.from({ length: 20 }, (_, n) => `${n}`),
      );
      expect((await get('/v1/threads?status=confirmed&desk=asia&topic=russia&source=kcna')).items).toHaveLength(1);
      expect((await get('/v1/threads?status=denied')).items).toEqual([]);
      expect((await get('/v1/search?q=munitions')).items).toHaveLength(1);
      expect((await get('/v1/sources?kind=agency')).items.length).toBeGreaterThan(3);
    });

    it('is told of what it got wrong, field by field', async () => {
      const wrong = await post(`${path}/attributions`, {
        claim: 'visit',
        stance: 'maybe',
        statedAt: 'today',
        colour: 1,
      });
      expect(wrong.statusCode).toBe(400);
      expect(
        wrong
          .json()
          .errors.map(({ pointer }: { pointer: string }) => pointer)
          .toSorted(),
      ).toEqual(['/colour', '/stance', '/statedAt']);
      const body = { claim: 'visit', stance: 'report', statedAt: '2023-09-11T00:00:00Z' };
      const unknown = await post(`${path}/attributions`, { ...body, source: 'nobody' });
      expect(unknown.json()).toMatchObject({ code: 'source_not_found', errors: [{ pointer: '/source' }] });
      const elsewhere = await post(`${threads}/no-such-thread/attributions`, body);
      expect([elsewhere.statusCode, elsewhere.json().code]).toEqual([404, 'thread_not_found']);
    });

    it('needs the newest revision to rule, and an editor', async () => {
      const ruling = { status: 'confirmed', reason: 'Our correspondent saw it.' };
      const rule = (as: 'reporter' | 'editor', etag?: string) =>
        api.inject({
          method: 'PUT',
          url: `${path}/claims/arms/ruling`,
          payload: ruling,
          as,
          ...(etag !== undefined && { headers: { 'if-match': etag } }),
        });
      expect((await rule('reporter', '"19"')).statusCode).toBe(403);
      expect((await rule('editor')).statusCode).toBe(428);
      expect((await rule('editor', '"3"')).statusCode).toBe(412);
      const ruled = await rule('editor', '"19"');
      expect(ruled.json()).toMatchObject({ claim: { status: 'confirmed', rule: 'R7' }, revision: '20' });
    });

    it.each(PROJECTIONS)('$name rebuilt equals $name live', async (projection) => {
      const { database, parts } = api;
      expect(await parts.waiter.waitFor(await parts.store.head(), 20_000)).toBe(true);
      const live = await rowsOf({ database }, projection);
      await rebuild({ store: parts.store, ownerPool: database.ownerPool, projection });
      expect(await rowsOf({ database }, projection)).toEqual(live);
    });

    it('cannot have a source take back what it neither said nor carried', async () => {
      const { items } = await get(`${path}/attributions?claim=eef&stance=deny`);
      const url = `${path}/attributions/${items[0].attributionId}/retraction`;
      const retraction = { statedAt: '2023-09-12T00:00:00Z', reason: 'wrong' };
      const stranger = await post(url, { ...retraction, takenBackBy: 'nyt' });
      expect([stranger.statusCode, stranger.json().code]).toEqual([422, 'not_speaker_or_carrier']);
      const carrier = await post(url, { ...retraction, takenBackBy: 'rtvi' });
      expect(carrier.json()).toMatchObject({ claim: { status: 'tentative' } });
    });
  });
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isConsistent,
  parseCheckpoint,
  parseKey,
  parseNote,
  rootOfInclusion,
  SigningKey,
  signersOf,
  verifyReceipt,
} from '#proof';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const ANY_ID = '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11';

describe('proof by REST', () => {
  const key = SigningKey.generate('example.org/ledger');
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
  });
  afterAll(() => api.close());

  const get = (url: string) => api.inject({ url, as: 'reader' });
  const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
    api.inject({ method: 'POST', url, payload, headers, as: 'admin' });
  const source = (name: string, headers: Record<string, string> = {}) =>
    post('/v1/sources', { name, kind: 'agency', group: `agency:${name.toLowerCase()}` }, headers);
  const project = () => api.parts.proof.projector().catchUp();
  const withProjector = async <T>(work: () => Promise<T>): Promise<T> => {
    const end = new AbortController();
    const running = api.parts.proof.projector().run(end.signal);
    const result = await work();
    end.abort();
    await running;
    return result;
  };
  const buffers = (texts: readonly string[]) => texts.map((text) => Buffer.from(text, 'base64'));

  describe('of a process without a key', () => {
    it('says so, and has no checkpoint', async () => {
      expect((await get('/v1/proof/checkpoint')).json()).toMatchObject({ code: 'checkpoint_not_found', status: 404 });
      const refused = await post('/v1/proof/checkpoints', {});
      expect(refused.json()).toMatchObject({ code: 'no_signing_key', status: 409 });
      expect((await get('/v1/proof/keys')).json()).toEqual({ items: [] });
    });

    it('answers a write that prefers a receipt with where to get it', async () => {
      const answer = await withProjector(() => source('Tass', { prefer: 'receipt, wait=0' }));
      expect(answer.statusCode).toBe(201);
      expect(answer.headers['preference-applied']).toBe('receipt');
      const [at] = answer.json().eventReceiptsAt;
      expect(at).toMatch(/^\/v1\/events\/[0-9a-f-]{36}\/receipt$/);
      const pending = await withProjector(() => get(at));
      expect(pending.json()).toMatchObject({ code: 'receipt_pending', status: 503 });
      expect(pending.headers['retry-after']).toBe('5');
    });
  });

  describe('of a process with the key', () => {
    beforeAll(async () => {
      await api.parts.proof.checkpoints.addFirstKey(key.verifier);
      api.parts.proof.signer.use(key);
      for (const name of ['Afp', 'Reuters', 'Yonhap', 'Kyodo']) await source(name);
      await project();
    });

    it('signs on demand, and shows the note as it is', async () => {
      const signed = await post('/v1/proof/checkpoints', {});
      expect(signed.statusCode).toBe(201);
      const latest = await get('/v1/proof/checkpoint');
      expect(latest.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(latest.body).toBe(signed.json().note);
      const { items } = (await get('/v1/proof/keys')).json();
      const published = items.map(({ verifierKey }: { verifierKey: string }) => parseKey(verifierKey));
      const note = parseNote(latest.body);
      expect(signersOf(note, published)).toHaveLength(1);
      expect(parseCheckpoint(note.text)).toMatchObject({ origin: 'example.org/ledger', size: signed.json().size });
      expect(items[0].pem).toContain('BEGIN PUBLIC KEY');
    });

    it('lists checkpoints by pages', async () => {
      await source('Interfax');
      await project();
      await post('/v1/proof/checkpoints', {});
      const first = (await get('/v1/proof/checkpoints?limit=1')).json();
      const second = (await get(`/v1/proof/checkpoints?limit=1&cursor=${first.next}`)).json();
      expect(first.items[0].size).toBe(second.items[0].size + 1);
      const forged = Buffer.from('["1; DROP"]').toString('base64url');
      expect((await get(`/v1/proof/checkpoints?cursor=${forged}`)).json()).toMatchObject({ code: 'invalid_cursor' });
    });

    it('proves inclusion and consistency', async () => {
      const { eventReceipts } = (await withProjector(() => source('Bbc', { prefer: 'receipt' }))).json();
      const { eventId } = eventReceipts[0];
      const inclusion = (await get(`/v1/proof/inclusion?event=${eventId}`)).json();
      const leaf = Buffer.from(inclusion.leafHash, 'base64');
      const root = rootOfInclusion(inclusion.leafIndex, inclusion.size, leaf, buffers(inclusion.proof));
      expect(root?.toString('base64')).toBe(inclusion.root);
      for (const from of [0, 1, 3, inclusion.size]) {
        const answer = (await get(`/v1/proof/consistency?from=${from}`)).json();
        const [before, after] = buffers([answer.fromRoot, answer.toRoot]);
        expect(isConsistent(from, answer.to, before!, after!, buffers(answer.proof)), `${from}`).toBe(true);
      }
    });

    it('gives a receipt that the offline verifier takes, and none that was changed', async () => {
      const answer = await withProjector(() => source('Dpa', { prefer: 'wait=10, Receipt' }));
      const [receipt] = answer.json().eventReceipts;
      const again = await get(`/v1/events/${receipt.eventId}/receipt`);
      expect(again.statusCode).toBe(200);
      for (const one of [receipt, again.json()]) {
        const { event, checkpoint } = verifyReceipt(JSON.stringify(one), [key.verifier]);
        expect(event).toMatchObject({ type: 'SourceRegistered', stream: `source-${answer.json().sourceId}` });
        expect(checkpoint.size).toBe(one.treeSize);
      }
      for (const change of [
        { event: receipt.event.replace('Dpa', 'Dpb') },
        { eventHash: receipt.eventHash.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0')) },
        { leafIndex: receipt.leafIndex + 1 },
        { proof: receipt.proof.replace(/index \d+/, 'index 0') },
        { proof: receipt.proof.replace('example.org', 'example.net') },
      ]) {
        expect(() => verifyReceipt(JSON.stringify({ ...receipt, ...change })), JSON.stringify(change)).toThrow();
      }
      const stranger = SigningKey.generate('example.org/ledger').verifier;
      expect(() => verifyReceipt(JSON.stringify(receipt), [stranger])).toThrow(/no known key/);
    });

    it('gives a receipt of each event of a command, and the same to a retry', async () => {
      const thread = {
        headline: 'Kim goes to Russia',
        slug: 'kim-russia',
        desk: 'asia',
        topics: [],
        language: 'en',
        claims: [{ key: 'visit', statement: 'Kim visits Russia' }],
      };
      const headers = { prefer: 'receipt', 'idempotency-key': 'receipts-1' };
      const answer = await withProjector(() => post('/v1/threads', thread, headers));
      const { eventReceipts } = answer.json();
      const types = eventReceipts.map(({ event }: { event: string }) => JSON.parse(event).type);
      expect(types).toEqual(['ThreadOpened', 'ClaimOpened']);
      const retry = await post('/v1/threads', thread, headers);
      expect(retry.headers).toMatchObject({ 'idempotent-replayed': 'true', 'preference-applied': 'receipt' });
      expect(retry.json()).toEqual(answer.json());
    });

    it('adds nothing to a write that asks for nothing, or recorded nothing', async () => {
      expect((await source('Ap')).json()).not.toHaveProperty('eventReceipts');
      expect((await source('Upi', { prefer: 'return=minimal' })).headers).not.toHaveProperty('preference-applied');
      const registered = { key: 'wire', name: 'Wire', kind: 'agency', group: 'agency:wire' };
      await post('/v1/sources', registered);
      const again = await post('/v1/sources', registered, { prefer: 'receipt' });
      expect(again.json()).toMatchObject({ changed: false });
      expect(again.headers).not.toHaveProperty('preference-applied');
    });

    it.each([
      ['/v1/proof/inclusion', 400],
      ['/v1/proof/inclusion?event=nonsense', 400],
      [`/v1/proof/inclusion?event=${ANY_ID}`, 404],
      ['/v1/proof/consistency', 400],
      ['/v1/proof/consistency?from=-1', 400],
      ['/v1/proof/consistency?from=99999', 400],
      ['/v1/proof/consistency?from=2&to=1', 400],
      ['/v1/proof/consistency?from=1&to=1e9', 400],
      [`/v1/events/${ANY_ID}/receipt`, 404],
      ['/v1/events/nonsense/receipt', 400],
    ])('refuses %s with %i', async (url, status) => {
      await project();
      const answer = await get(url);
      expect(answer.statusCode, answer.body).toBe(status);
      if (status === 400) expect(answer.json().errors[0]).toHaveProperty('parameter');
      else expect(answer.json()).toMatchObject({ code: 'event_not_found' });
    });

    it('refuses a receipt of an event that is not what was hashed', async () => {
      const { sourceId } = (await source('Efe')).json();
      await project();
      await api.database.ownerPool.query(`ALTER TABLE ledger.events DISABLE TRIGGER events_are_immutable`);
      const { rows } = await api.database.ownerPool.query(
        `UPDATE ledger.events SET actor_name = 'somebody else' WHERE stream = $1 RETURNING id`,
        [`source-${sourceId}`],
      );
      const answer = await get(`/v1/events/${rows[0].id}/receipt`);
      expect(answer.json()).toMatchObject({ code: 'event_altered', status: 409 });
    });
  });
});

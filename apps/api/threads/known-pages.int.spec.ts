import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedStory } from '../../../test/seed-story.js';
import { attributionInput, commandContext, openStory } from '../../../test/tell-story.js';
import { createApi } from '../bootstrap.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const THREAD = `/v1/threads/${seedStory.thread.slug}`;
const READS = [
  '/v1/threads',
  '/v1/threads?limit=1',
  '/v1/threads?desk=asia&status=open,developing,confirmed',
  '/v1/threads?source=tass',
  '/v1/threads?q=Kim',
  THREAD,
  `${THREAD}/claims`,
  `${THREAD}/claims/eef`,
  `${THREAD}/history`,
  `${THREAD}/history?limit=2`,
  `${THREAD}/attributions`,
  `${THREAD}/attributions?limit=3`,
  `${THREAD}/attributions?claim=eef&stance=report,confirm`,
];

describe('reads of the read models', () => {
  let api: ApiUnderTest;
  let threadId: string;
  beforeAll(async () => {
    api = await createApiUnderTest();
    api.project();
    threadId = await openStory(api.parts, seedStory);
    await openStory(api.parts, seedStory, '-again');
  });
  afterAll(() => api.close());

  const get = async (url: string, position: bigint | null = null) => {
    const headers = position === null ? {} : { 'x-after-position': String(position) };
    const { statusCode, body, headers: answered } = await api.inject({ url, as: 'reader', headers });
    return { statusCode, body, link: answered.link, type: answered['content-type'], etag: answered.etag };
  };

  it('are after each step what a process that knows nothing would answer, and so again once they are known', async () => {
    const authorization = `Bearer ${await api.secret('reader')}`;
    for (const step of seedStory.attributions) {
      const { position } = await api.parts.threads.record(threadId, attributionInput(step), commandContext());
      const shown = await Promise.all(READS.map((url) => get(url, position)));
      const fresh = await createApi(api.parts);
      try {
        for (const [index, url] of READS.entries()) {
          const anew = await fresh.app.inject({ url, headers: { authorization } });
          expect(anew.statusCode, url).toBe(200);
          expect(shown[index], url).toEqual({
            statusCode: 200,
            body: anew.body,
            link: anew.headers.link,
            type: anew.headers['content-type'],
            etag: anew.headers.etag,
          });
        }
      } finally {
        await fresh.close();
      }
      expect(await Promise.all(READS.map((url) => get(url)))).toEqual(shown);
    }
  });

  it('that page go on from one to the next, known or not', async () => {
    for (const _ of ['anew', 'known']) {
      const seen: string[] = [];
      let url: string | undefined = `${THREAD}/attributions?limit=4`;
      while (url !== undefined) {
        const { body, link } = await get(url);
        const { items, next } = JSON.parse(body);
        seen.push(...items.map(({ key }: { key: string }) => key));
        const [, address] = /^<([^>]+)>; rel="next"$/.exec(String(link ?? '')) ?? [];
        expect(address === undefined).toBe(next === null);
        url = address;
      }
      expect(seen).toEqual(seedStory.attributions.map(({ n }) => `step-${n}`));
    }
  });

  it('name no source: what is sealed or erased later would stay in an answer that is kept', async () => {
    const [key, name] = ['whistle', 'Zacharias Quexford'];
    const details = { kind: 'government', group: 'government:kr', trustedConduit: false } as const;
    await api.parts.sources.register({ key, name, ...details }, commandContext());
    const [first] = seedStory.attributions;
    if (first === undefined) throw new Error('The story has no words.');
    const word = { ...attributionInput(first), speaker: key, via: [], key: 'whistled' };
    const { position } = await api.parts.threads.record(threadId, word, commandContext());
    const answers = await Promise.all(READS.map((url) => get(url, position)));
    for (const { statusCode, body } of answers) {
      expect(statusCode).toBe(200);
      expect(body).not.toContain(name);
    }
    expect(answers.some(({ body }) => body.includes('whistled'))).toBe(true);
  });

  it.each([
    [`${THREAD}/claims/none`, 404, 'claim_not_found'],
    [`${THREAD}/attributions?claim=none`, 404, 'claim_not_found'],
    ['/v1/threads/none/claims', 404, 'thread_not_found'],
    ['/v1/threads/none/history', 404, 'thread_not_found'],
    ['/v1/threads/01900000-0000-7000-8000-000000000000/claims', 404, 'thread_not_found'],
    ['/v1/threads/01900000-0000-7000-8000-000000000000/history', 404, 'thread_not_found'],
    [`/v1/threads?cursor=${Buffer.from('["yesterday","nobody"]').toString('base64url')}`, 400, 'invalid_cursor'],
  ])('of what is not there are refused, each time: %s', async (url, status, code) => {
    for (const { statusCode, body } of [...(await Promise.all([get(url), get(url)])), await get(url)]) {
      expect([statusCode, JSON.parse(body).code]).toEqual([status, code]);
    }
  });
});

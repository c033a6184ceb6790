import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedStory } from '../../../test/seed-story.js';
import { attributionInput, commandContext, openStory } from '../../../test/tell-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const THREAD = `/v1/threads/${seedStory.thread.slug}`;

interface Listed {
  readonly attributionId: string;
  readonly key: string;
  readonly revision: string;
  readonly counted: string | null;
  readonly setAside: string | null;
  readonly takenBackHow: string | null;
}

describe('the attributions of a thread as of a moment', () => {
  let api: ApiUnderTest;
  let head = '';
  beforeAll(async () => {
    api = await createApiUnderTest();
    const { threads } = api.parts;
    api.project();
    const threadId = await openStory(api.parts, seedStory);
    for (const step of seedStory.attributions) {
      await threads.record(threadId, attributionInput(step), commandContext());
    }
    const taken = { takenBackBy: 'nyt', statedAt: '2023-09-12T00:00:00.000Z', reason: 'Wrong.' };
    await threads.retract(threadId, 'step-2', taken, commandContext());
    const { position } = await threads.void(threadId, 'step-4', 'Typed twice.', commandContext());
    head = String(position);
  });
  afterAll(() => api.close());

  const get = async (query: string) => {
    const answer = await api.inject({ url: `${THREAD}/attributions?${query}`, as: 'reader' });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
  const keys = (items: readonly Listed[]) => items.map(({ key }) => key);

  it('are now, by the last revision, just what the read model has', async () => {
    const now = await get(`after=${head}`);
    expect(now.body.asOf).toBeNull();
    const last = (await api.inject({ url: `${THREAD}/events?limit=200`, as: 'reader' })).json().items.at(-1).revision;
    const then = await get(`revision=${last}`);
    expect(then.body.asOf).toMatchObject({ revision: last, recordedUntil: null });
    expect(then.body.items).toEqual(now.body.items);
    expect(then.body.items).toHaveLength(13);
  });

  it('are those that were recorded by then, with the part that they played then', async () => {
    const all: Listed[] = (await get(`after=${head}`)).body.items;
    const fifth = all[4];
    const then: Listed[] = (await get(`revision=${fifth?.revision}`)).body.items;
    expect(keys(then)).toEqual(['step-1', 'step-2', 'step-3', 'step-4', 'step-5']);
    expect(then.map(({ takenBackHow }) => takenBackHow)).toEqual([null, null, null, null, null]);
    expect(all[1]).toMatchObject({ takenBackHow: 'retracted', counted: null });
    expect(then[1]).toMatchObject({ key: 'step-2', counted: 'for', setAside: null });
  });

  it('are those that had been said by then, and stand where they were taken back later', async () => {
    const { body } = await get('statedUntil=2023-09-11T03:30:00Z');
    expect(keys(body.items)).toEqual(['step-1', 'step-2', 'step-3', 'step-4']);
    expect(body.items[1]).toMatchObject({ counted: 'for', takenBackHow: null, takenBackReason: null });
    // A void is no word in the world: our own slip was never said.
    expect(body.items[3]).toMatchObject({ takenBackHow: 'voided', setAside: 'voided' });
  });

  it('come in pages, by claim and by stance', async () => {
    const all: Listed[] = (await get('statedUntil=2023-12-31T00:00:00Z')).body.items;
    const seen: Listed[] = [];
    let query: string | undefined = 'statedUntil=2023-12-31T00:00:00Z&limit=4';
    while (query !== undefined) {
      const { body, headers } = await get(query);
      seen.push(...body.items);
      query = /attributions\?([^>]+)>; rel="next"/.exec(String(headers['link'] ?? ''))?.[1];
    }
    expect(seen).toEqual(all);
    const denials = await get('statedUntil=2023-12-31T00:00:00Z&claim=eef&stance=deny');
    expect(denials.body.items).toMatchObject([{ stance: 'deny' }]);
  });

  it.each([
    ['revision=9999', 404, 'moment_not_found'],
    ['recordedUntil=2020-01-01T00:00:00Z', 404, 'moment_not_found'],
    ['revision=0&claim=visit', 404, 'claim_not_found'],
    ['revision=-1', 400, 'invalid_request'],
    ['recordedUntil=yesterday', 400, 'invalid_request'],
    ['statedUntil=', 400, 'invalid_request'],
    ['revision=3&cursor=AAAA', 400, 'invalid_cursor'],
    ['revision=3&until=2023-09-11T03:30:00Z', 400, 'invalid_request'],
  ])('are refused for %s: %i %s', async (query, status, code) => {
    expect(await get(query)).toMatchObject({ status, body: { code } });
  });

  it('are asked for by the same words as its claims', async () => {
    const claims = (await api.inject({ url: `${THREAD}/claims?revision=9999`, as: 'reader' })).json();
    expect(claims).toMatchObject({ status: 404, code: 'moment_not_found' });
    const early = (await api.inject({ url: `${THREAD}/claims?revision=1`, as: 'reader' })).json();
    expect(early).toMatchObject({ asOf: { revision: '1' }, items: [{ status: 'open' }] });
    const one = (
      await api.inject({ url: `${THREAD}/claims/visit?statedUntil=2023-09-11T03:30:00Z`, as: 'reader' })
    ).json();
    expect(one).toMatchObject({ status: 'reported', asOf: { statedUntil: '2023-09-11T03:30:00.000Z' } });
  });
});

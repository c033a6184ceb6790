import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedStory } from '../../../test/seed-story.js';
import { tellStory } from '../../../test/tell-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const THREAD = `/v1/threads/${seedStory.thread.slug}`;
const statedAt = '2023-09-12T08:00:00Z';
const reason = 'It put out another statement.';
/** Of the seed story: the Kremlin’s word on the delegations, by which they are confirmed. */
const CONFIRMATION = 'step-10';
const replacement = { claim: 'delegations', stance: 'confirm', source: 'kremlin', via: ['tass'], statedAt };
const correction = { replacement, takenBackBy: 'kremlin', statedAt };

describe('the preview of a correction', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
    await tellStory(api.parts, seedStory);
  });
  afterAll(() => api.close());

  const post = async (path: string, payload: object, as: 'reader' | 'reporter' = 'reporter') => {
    const answer = await api.inject({ method: 'POST', url: `${THREAD}/attributions/${path}`, as, payload });
    return { status: answer.statusCode, body: answer.json() };
  };
  const preview = (payload: object, attribution = CONFIRMATION) => post(`${attribution}/corrections/preview`, payload);
  const thread = async () => (await api.inject({ url: `${THREAD}/replay?limit=200`, as: 'reader' })).json().items;

  it('tells what would come of it, and nothing is recorded', async () => {
    const before = await thread();
    const denied = await preview({ ...correction, replacement: { ...replacement, stance: 'deny' } });
    expect(denied).toMatchObject({
      status: 200,
      body: {
        changed: true,
        claim: { key: 'delegations', from: { status: 'confirmed' }, to: { status: 'denied', rule: 'R3' } },
        thread: { from: 'confirmed', to: 'confirmed' },
        counted: 'against',
      },
    });
    const hedged = await preview({ ...correction, replacement: { ...replacement, tentative: true } });
    expect(hedged.body.claim.to).toMatchObject({ status: 'tentative' });
    expect(await thread()).toEqual(before);
  });

  it('tells of both claims when the word moves from one to another', async () => {
    const { body } = await preview({ ...correction, replacement: { ...replacement, claim: 'arms' } });
    expect(body.claim).toMatchObject({ key: 'arms', from: { status: 'reported' }, to: { status: 'confirmed' } });
    expect(body.otherClaims).toMatchObject([{ from: { status: 'confirmed' }, to: { status: 'open' } }]);
  });

  it('says what the correction then does', async () => {
    const payload = { ...correction, replacement: { ...replacement, stance: 'deny' }, reason };
    const { claim, thread: becomes } = (await preview(payload)).body;
    expect((await post(`${CONFIRMATION}/corrections`, payload)).status).toBe(201);
    const [last] = (await thread()).slice(-1);
    expect(last.threadStatus).toBe(becomes.to);
    const now = await api.inject({ url: `${THREAD}/diff?from=0`, as: 'reader' });
    expect(now.json().claims.find(({ key }: { key: string }) => key === 'delegations').to).toMatchObject(claim.to);
    // It was taken back once, and is not taken back again.
    const again = await preview(correction);
    expect(again).toMatchObject({ status: 409, body: { code: 'attribution_taken_back' } });
  });

  it.each([
    ['a stranger', { ...correction, takenBackBy: 'nyt' }, 'step-9', 422, 'not_speaker_or_carrier'],
    ['an unknown word', correction, 'nothing', 404, 'attribution_not_found'],
    [
      'an unknown claim',
      { ...correction, replacement: { ...replacement, claim: 'x' } },
      'step-9',
      422,
      'claim_not_found',
    ],
    ['an unknown source', { ...correction, takenBackBy: 'nobody' }, 'step-9', 422, 'source_not_found'],
    ['no replacement', { takenBackBy: 'kremlin', statedAt }, 'step-9', 400, 'invalid_request'],
    ['no time', { ...correction, statedAt: '' }, 'step-9', 400, 'invalid_request'],
    ['a field that there is not', { ...correction, because: 'x' }, 'step-9', 400, 'invalid_request'],
  ])('of %s is refused as the correction would be', async (_, payload, attribution, status, code) => {
    expect(await preview(payload, attribution)).toMatchObject({ status, body: { code } });
    const real = await post(`${attribution}/corrections`, { ...payload, reason });
    expect(real).toMatchObject({ status, body: { code } });
  });

  it('is no business of a reader', async () => {
    expect((await post(`${CONFIRMATION}/corrections/preview`, correction, 'reader')).status).toBe(403);
  });
});

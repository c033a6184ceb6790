import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedStory } from '../../../test/seed-story.js';
import { tellStory } from '../../../test/tell-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const WIRE = 'A train presumed to be carrying the North Korean leader has left Pyongyang, a senior official said.';
const THREAD = `/v1/threads/${seedStory.thread.slug}`;
const word = { claim: 'departed', stance: 'report', statedAt: '2023-09-11T06:00:00Z' };

describe('an attribution that looks like another source', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
    await tellStory(api.parts, seedStory);
  });
  afterAll(() => api.close());

  const post = async (path: string, payload: object, as: 'reader' | 'reporter' = 'reporter') => {
    const answer = await api.inject({ method: 'POST', url: `${THREAD}${path}`, as, payload });
    return { status: answer.statusCode, body: answer.json() };
  };
  const head = async () => (await api.inject({ url: `${THREAD}/replay?limit=200`, as: 'reader' })).json().items;

  it('is flagged in the answer to its posting', async () => {
    const first = await post('/attributions', { ...word, source: 'nyt', quote: WIRE });
    expect(first).toMatchObject({ status: 201, body: { echoes: [] } });
    const copy = await post('/attributions', { ...word, source: 'upi', quote: WIRE.toUpperCase() });
    expect(copy.body.echoes).toEqual([
      {
        kind: 'same_words',
        attributionId: first.body.attributionId,
        similarity: null,
        detail: expect.any(String),
        oneVoice: false,
      },
    ]);
    const near = await post('/attributions', { ...word, source: 'tass', quote: WIRE.replace('presumed', 'believed') });
    expect(near.body.echoes).toMatchObject([{ kind: 'near_words', similarity: expect.any(Number), oneVoice: false }]);
    const again = await post('/attributions', { ...word, source: 'rok-official-1', onRecord: false, via: ['upi'] });
    expect(again.body.echoes).toMatchObject([
      { kind: 'same_speaker', detail: 'The same speaker by another carrier: one voice.', oneVoice: true },
      { kind: 'same_group', detail: 'Both speak for government:kr: one voice.', oneVoice: true },
    ]);
  });

  it('is flagged in the replay, as it was then', async () => {
    const flagged = (await head())
      .filter(({ echoes }: { echoes: unknown[] }) => echoes.length > 0)
      .map(({ claimKey, echoes }: { claimKey: string; echoes: { kind: string }[] }) => [claimKey, echoes[0]?.kind]);
    expect(flagged).toEqual([
      ['departed', 'same_group'],
      ['visit', 'same_speaker'],
      ['departed', 'same_words'],
      ['departed', 'near_words'],
      ['departed', 'same_speaker'],
    ]);
  });

  it('can be previewed, and nothing is recorded', async () => {
    const before = await head();
    const preview = await post('/attributions/preview', {
      ...word,
      claim: 'arms',
      source: 'kremlin',
      stance: 'confirm',
    });
    expect(preview).toMatchObject({
      status: 200,
      body: {
        changed: true,
        claim: {
          key: 'arms',
          from: { status: 'reported', rule: 'R7' },
          to: { status: 'confirmed', rule: 'R4', basis: 'multiple' },
        },
        thread: { from: 'confirmed', to: 'confirmed' },
        counted: 'for',
        setAside: null,
        otherClaims: [],
        echoes: [],
      },
    });
    const echo = await post('/attributions/preview', { ...word, source: 'kcna', quote: WIRE });
    expect(echo.body.echoes).toMatchObject([{ kind: 'same_words' }]);
    const known = await post('/attributions/preview', { ...attributionOf(2), key: 'step-2' });
    expect(known.body).toMatchObject({ changed: false, counted: 'for' });
    expect(await head()).toEqual(before);
  });

  const attributionOf = (n: number) => {
    const step = seedStory.attributions.find((each) => each.n === n);
    if (step === undefined) throw new Error(`there is no attribution ${n}`);
    return { claim: step.claim, stance: step.stance, source: step.source, statedAt: step.statedAt };
  };

  it.each([
    [{ ...word, claim: 'nothing' }, 422, 'claim_not_found'],
    [{ ...word, source: 'nobody' }, 422, 'source_not_found'],
    [{ ...word, stance: 'maybe' }, 400, 'invalid_request'],
    [{ ...word, source: 'interfax-regional' }, 422, 'unnamed_on_record'],
  ])('previews %j as recording it would be answered: %i %s', async (payload, status, code) => {
    expect(await post('/attributions/preview', payload)).toMatchObject({ status, body: { code } });
    expect(await post('/attributions', payload)).toMatchObject({ status, body: { code } });
  });

  it('is no business of a reader', async () => {
    expect((await post('/attributions/preview', word, 'reader')).status).toBe(403);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedStory } from '../../../test/seed-story.js';
import { attributionInput, commandContext, openStory } from '../../../test/tell-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const policy = { name: 'trial', version: 1 };

describe('a back-test over the whole ledger', () => {
  let api: ApiUnderTest;
  let firstTold = '';
  beforeAll(async () => {
    api = await createApiUnderTest();
    for (const suffix of ['', '-a', '-b']) {
      const threadId = await openStory(api.parts, seedStory, suffix);
      for (const step of seedStory.attributions) {
        const told = await api.parts.threads.record(threadId, attributionInput(step, suffix), commandContext());
        if (suffix === '') firstTold = told.recordedAt ?? '';
      }
      // Recorded in a later millisecond than the story before.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await api.parts.threads.merge(slug('-b'), slug('-a'), 'One story.', commandContext());
  });
  afterAll(() => api.close());

  const slug = (suffix: string) => `${seedStory.thread.slug}${suffix}`;
  const backtest = async (payload: object, as: 'admin' | 'editor' = 'admin') => {
    const answer = await api.inject({ method: 'POST', url: '/v1/policy/backtest', as, payload });
    return { status: answer.statusCode, body: answer.json() };
  };

  it('finds no difference with the parameters in force', async () => {
    expect((await backtest({ policy })).body).toMatchObject({
      against: ['standard-1'],
      threads: 2,
      claims: 18,
      threadsChanged: 0,
      claimsChanged: 0,
      claimChanges: [],
    });
  });

  it('counts what would stand differently, with examples', async () => {
    const { body } = await backtest({ policy: { ...policy, singleOfficialConfirms: false, corroborationNeeds: 3 } });
    // Of each story "delegations", which the Kremlin alone has confirmed; the survivor has two of them.
    expect(body).toMatchObject({
      policy: { corroborationNeeds: 3, trustedConduitVouches: true },
      claimsChanged: 3,
      threadsChanged: 0,
      claimChanges: [{ from: 'confirmed', to: 'reported', count: 3 }],
    });
    expect(
      body.claimChanges[0].examples.map(({ slug: of, claimKey }: Record<string, string>) => [of, claimKey]),
    ).toEqual([
      [slug(''), 'delegations'],
      [slug('-a'), 'delegations'],
      [slug('-a'), 'delegations'],
    ]);
  });

  it('goes back to a moment, and to what had been said by then', async () => {
    const strict = { ...policy, corroborationNeeds: 3 };
    const early = await backtest({ policy: strict, recordedUntil: firstTold });
    expect(early.body).toMatchObject({ threads: 1, claims: 6, claimsChanged: 0, recordedUntil: firstTold });
    const said = await backtest({ policy: strict, recordedUntil: firstTold, statedUntil: '2023-09-11T03:30:00Z' });
    expect(said.body).toMatchObject({
      claimsChanged: 1,
      claimChanges: [{ from: 'corroborated', to: 'reported', examples: [{ claimKey: 'visit' }] }],
    });
  });

  it.each([
    [{}, '/policy'],
    [{ policy: 'strict' }, '/policy'],
    [{ policy: { version: 1 } }, '/policy/name'],
    [{ policy: { ...policy, corroborationNeeds: 0 } }, '/policy/corroborationNeeds'],
    [{ policy: { ...policy, disputeNeeds: '2' } }, '/policy/disputeNeeds'],
    [{ policy: { ...policy, singleOfficialConfirms: 1 } }, '/policy/singleOfficialConfirms'],
    [{ policy: { ...policy, leniency: 3 } }, '/policy/leniency'],
    [{ policy, recordedUntil: 'yesterday' }, '/recordedUntil'],
  ])('refuses %j at %s', async (payload, pointer) => {
    const answer = await backtest(payload);
    expect(answer).toMatchObject({ status: 400, body: { errors: [expect.objectContaining({ pointer })] } });
  });

  it('is for administrators, and one at a time', async () => {
    expect((await backtest({ policy }, 'editor')).status).toBe(403);
    const statuses = await Promise.all([backtest({ policy }), backtest({ policy })]);
    expect(statuses.map(({ status }) => status).toSorted()).toEqual([200, 429]);
    expect((await backtest({ policy })).status).toBe(200);
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EventStore } from '#event-store';
import { eventually } from '../../../test/eventually.js';
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
  const start = async (payload: object, as: 'admin' | 'editor' = 'admin') => {
    const answer = await api.inject({ method: 'POST', url: '/v1/policy/backtests', as, payload });
    return { status: answer.statusCode, location: String(answer.headers['location']), body: answer.json() };
  };
  const look = async (url: string, method: 'GET' | 'DELETE' = 'GET') => {
    const answer = await api.inject({ method, url, as: 'admin' });
    return { status: answer.statusCode, body: answer.json() };
  };
  const ended = async (url: string) =>
    eventually(async () => {
      const { body } = await look(url);
      return body.state === 'running' ? null : body;
    });
  const backtest = async (payload: object) => {
    const { location, ...started } = await start(payload);
    expect(started).toMatchObject({ status: 202, body: { total: null, result: null } });
    const job = await ended(location);
    expect(job).toMatchObject({ state: 'done', done: job.total, endedAt: expect.any(String) });
    return { body: job.result };
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
    const answer = await start(payload);
    expect(answer).toMatchObject({ status: 400, body: { errors: [expect.objectContaining({ pointer })] } });
  });

  it('is for administrators', async () => {
    expect((await start({ policy }, 'editor')).status).toBe(403);
  });

  it('is one at a time, goes on without its client, and is cancelled when asked', async () => {
    const gate = held(api.parts.store);
    const first = await start({ policy });
    expect(first).toMatchObject({ status: 202, body: { state: 'running' } });
    expect(await start({ policy })).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect((await look(first.location)).body).toMatchObject({ state: 'running', done: 0, endedAt: null, result: null });
    const cancelling = look(first.location, 'DELETE');
    gate.open();
    expect(await cancelling).toMatchObject({ status: 200, body: { state: 'cancelled', result: null } });
    expect(await look(first.location, 'DELETE')).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect((await backtest({ policy })).body).toMatchObject({ threads: 2 });
  });

  it('says when it has failed', async () => {
    const broken = vi.spyOn(api.parts.store, 'readStream').mockImplementation(() => {
      throw new Error('the disk is gone');
    });
    const { location } = await start({ policy });
    expect(await ended(location)).toMatchObject({ state: 'failed', result: null });
    broken.mockRestore();
  });

  it('is not known elsewhere, or any more', async () => {
    const answer = await look('/v1/policy/backtests/018a8b7c-0000-7000-8000-000000000001');
    expect(answer).toMatchObject({ status: 404, body: { code: 'backtest_not_found' } });
    expect((await look('/v1/policy/backtests/1')).status).toBe(400);
  });
});

/** A store that gives out no stream until the gate is open. */
function held(store: EventStore): { open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const readStream = store.readStream.bind(store);
  const spy = vi.spyOn(store, 'readStream').mockImplementation(async function* (...of) {
    await opened;
    yield* readStream(...of);
  });
  return {
    open() {
      spy.mockRestore();
      open();
    },
  };
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { PROJECTIONS, RebuildWorker } from '#read-models';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const NOBODY = '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11';

interface Parked {
  readonly parkedId: string;
  readonly state: string;
  readonly eventType: string;
  readonly stream: string;
  readonly position: string;
}

/** The faults are planted in the database: the projections and their events are the real ones. */
describe('what operators see of the read models', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
    await api.database.ownerPool.query(`
      CREATE FUNCTION read_models.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF new.statement LIKE 'Hostile%' THEN RAISE EXCEPTION 'hostile words'; END IF; RETURN new; END $$;
      CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON read_models.claim FOR EACH ROW EXECUTE FUNCTION read_models.refuse()`);
    api.project();
  });
  afterAll(() => api.close());

  const get = (url: string) => api.inject({ url, as: 'admin' });
  const post = (url: string, payload?: object) =>
    api.inject({ method: 'POST', url, as: 'admin', ...(payload !== undefined && { payload }) });
  const parked = async (query = ''): Promise<readonly Parked[]> =>
    (await get(`/v1/projections/parked${query}`)).json().items;
  const open = async (slug: string, statement: string): Promise<string> => {
    const claims = [{ key: 'claim', statement }];
    const answer = await post('/v1/threads', { slug, headline: slug, desk: 'test', claims });
    return answer.json().position;
  };
  const patch = async (url: string, payload: object): Promise<string> => {
    const answer = await api.inject({ method: 'PATCH', url, as: 'admin', headers: { 'if-match': '*' }, payload });
    expect(answer.statusCode).toBe(200);
    return answer.json().position;
  };

  it('before anything is recorded: every one, at the start of an empty log', async () => {
    const body = (await get('/v1/projections')).json();
    expect(body.head).toBe('-1');
    expect(body.projections).toHaveLength(PROJECTIONS.length);
    for (const one of body.projections) {
      const version = PROJECTIONS.find(({ name }) => name === one.projection)?.version;
      expect(one).toMatchObject({ version, position: '-1', lag: 0, error: null, parked: 0, waiting: 0, dropped: 0 });
    }
    expect(await parked()).toEqual([]);
  });

  it('when an event cannot be applied: what it is, what failed, and what waits; the others are current', async () => {
    await open('hostile', 'Calm');
    const hostile = { statement: 'Hostile words', reason: 'test' };
    const failed = await patch('/v1/threads/hostile/claims/claim', hostile);
    const behind = await patch('/v1/threads/hostile', { headline: 'Behind it' });
    const elsewhere = await open('calm', 'Calm');
    // Written after it, in another stream: shown as ever.
    expect((await get(`/v1/threads/calm?after=${elsewhere}`)).statusCode).toBe(200);
    for (const position of [failed, behind]) {
      const answer = await get(`/v1/threads/hostile?after=${position}`);
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'read_model_parked' });
      expect(answer.headers['retry-after']).toBe('30');
    }
    const [first, second] = await parked();
    expect(first).toMatchObject({
      projection: 'claim',
      state: 'parked',
      eventType: 'ClaimReworded',
      revision: '2',
      position: failed,
      message: 'error: hostile words',
      stack: expect.stringContaining('at '),
      attempts: 1,
      dropped: null,
    });
    expect(second).toMatchObject({ state: 'waiting', position: behind, message: null, attempts: 0 });
    expect(second?.stream).toBe(first?.stream);

    const { head, projections } = (await get('/v1/projections')).json();
    for (const one of projections) {
      expect(one).toMatchObject({ state: 'current', position: head, lag: 0 });
      const held = one.projection === 'claim' ? { parked: 1, waiting: 1 } : { parked: 0, waiting: 0 };
      expect(one).toMatchObject(held);
    }
    const health = await api.inject({ url: '/health/ready' });
    expect(health.statusCode).toBe(200);
    const claim = health.json().projections.find((one: { projection: string }) => one.projection === 'claim');
    expect(claim).toMatchObject({ ok: true, detail: expect.stringContaining('1 event is parked') });
  });

  it('is paged and filtered', async () => {
    const page = (await get('/v1/projections/parked?limit=1')).json();
    expect(page.items).toHaveLength(1);
    const rest = (await get(`/v1/projections/parked?limit=1&cursor=${page.next}`)).json();
    expect([...page.items, ...rest.items]).toEqual(await parked());
    expect(rest.next).toBeNull();
    expect(await parked('?state=waiting')).toMatchObject([{ state: 'waiting' }]);
    expect(await parked('?projection=source')).toEqual([]);
    expect(await parked('?projection=claim&state=parked,dropped')).toHaveLength(1);
    const [first] = await parked();
    expect((await get(`/v1/projections/parked/${first?.parkedId}`)).json()).toEqual(first);
  });

  it.each([
    ['GET', `/v1/projections/parked/${NOBODY}`, undefined, 404, 'parked_event_not_found'],
    ['POST', `/v1/projections/parked/${NOBODY}/retry`, undefined, 404, 'parked_event_not_found'],
    ['POST', `/v1/projections/parked/${NOBODY}/drop`, { reason: 'x' }, 404, 'parked_event_not_found'],
    ['POST', '/v1/projections/parked/claim/retry', undefined, 400, 'invalid_request'],
    ['POST', `/v1/projections/parked/${NOBODY}/drop`, {}, 400, 'invalid_request'],
    ['POST', `/v1/projections/parked/${NOBODY}/drop`, { reason: '  ' }, 400, 'invalid_request'],
    ['POST', `/v1/projections/parked/${NOBODY}/drop`, { reason: 'x'.repeat(1_001) }, 400, 'invalid_request'],
    ['POST', `/v1/projections/parked/${NOBODY}/drop`, { reason: 'x', force: true }, 400, 'invalid_request'],
    ['POST', '/v1/projections/nobody/rebuild', undefined, 404, 'projection_not_found'],
    ['POST', '/v1/projections/claim;DROP/rebuild', undefined, 400, 'invalid_request'],
    ['GET', '/v1/projections/parked?projection=nobody', undefined, 400, 'invalid_request'],
    ['GET', '/v1/projections/parked?state=lost', undefined, 400, 'invalid_request'],
    ['GET', '/v1/projections/parked?cursor=WyJ4IiwieSJd', undefined, 400, 'invalid_cursor'],
  ] as const)('refuses %s %s %j with %s %s', async (method, url, payload, status, code) => {
    const answer = await api.inject({ method, url, as: 'admin', ...(payload !== undefined && { payload }) });
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({ status, code });
  });

  it('is retried in vain while the fault is there, and refuses to take one out of the middle of its stream', async () => {
    const [first, second] = await parked();
    const answer = await post(`/v1/projections/parked/${first?.parkedId}/retry`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ applied: 0, parked: { parkedId: first?.parkedId, attempts: 2 } });
    const middle = await post(`/v1/projections/parked/${second?.parkedId}/drop`, { reason: 'wrong one' });
    expect(middle.statusCode).toBe(409);
    expect(middle.json()).toMatchObject({
      code: 'parked_event_waits',
      detail: expect.stringContaining(String(first?.parkedId)),
    });
  });

  it('is gone once dropped or retried, and the stream is shown again', async () => {
    const [first, second] = await parked();
    const dropped = await post(`/v1/projections/parked/${first?.parkedId}/drop`, { reason: 'Shown by hand.' });
    expect(dropped.json()).toEqual({ applied: 1, parked: null });
    expect((await get(`/v1/threads/hostile/claims/claim?after=${second?.position}`)).json()).toMatchObject({
      statement: 'Calm',
    });
    expect(await parked('?state=dropped')).toMatchObject([
      { parkedId: first?.parkedId, dropped: { reason: 'Shown by hand.', actorName: 'test admin' } },
    ]);
    const again = await post(`/v1/projections/parked/${first?.parkedId}/retry`);
    expect([again.statusCode, again.json().code]).toEqual([409, 'parked_event_dropped']);

    const position = await open('mended', 'Hostile at first');
    expect((await get(`/v1/threads/mended?after=${position}`)).statusCode).toBe(503);
    await api.database.ownerPool.query('DROP FUNCTION read_models.refuse CASCADE');
    const [held] = await parked('?state=parked');
    expect((await post(`/v1/projections/parked/${held?.parkedId}/retry`)).json()).toMatchObject({ parked: null });
    expect((await get(`/v1/threads/mended?after=${position}`)).statusCode).toBe(200);
    // The second call of a retry that a tool repeats.
    expect((await post(`/v1/projections/parked/${held?.parkedId}/retry`)).statusCode).toBe(404);
  });

  it('are shown with the process that runs them, also once it has taken back one whose lease ran out', async () => {
    const owners = async () => {
      const { projections } = (await get('/v1/projections')).json();
      return new Set(projections.map(({ leaseOwner }: { leaseOwner: string | null }) => leaseOwner));
    };
    const [owner] = await owners();
    expect(await owners()).toEqual(new Set([owner]));
    expect(owner).toMatch(new RegExp(`:${process.pid}:[0-9a-f]{8}$`));
    await api.database.ownerPool.query(`UPDATE read_models.checkpoints SET lease_token = lease_token + 1,
      lease_owner = 'elsewhere:1:00000000', leased_until = clock_timestamp() - interval '1 second'
      WHERE projection = 'claim'`);
    const taken = async () => (await owners()).size === 1 && (await owners()).has(owner);
    await expect.poll(taken).toBe(true);
  });

  it('takes a request for a rebuild once, and shows it', async () => {
    const asked = await post('/v1/projections/source/rebuild');
    expect(asked.statusCode).toBe(202);
    expect(asked.json()).toMatchObject({
      projection: 'source',
      rebuild: {
        state: 'requested',
        version: 1,
        eventsDone: 0,
        secondsLeft: null,
        requestedByName: 'test admin',
        error: null,
      },
    });
    const again = await post('/v1/projections/source/rebuild');
    expect([again.statusCode, again.json().code]).toEqual([409, 'rebuild_under_way']);
    const stopped = new AbortController();
    const { store, pool } = api.parts;
    const openOwnerPool = () =>
      openPool({ url: api.database.url, role: 'owner', max: 2, pipeline: true, applicationName: 'test rebuilds' });
    const working = new RebuildWorker({ store, pool, openOwnerPool }).run(stopped.signal);
    await expect
      .poll(async () => {
        const { projections } = (await get('/v1/projections')).json();
        return projections.map(({ rebuild }: { rebuild: unknown }) => rebuild);
      })
      .toEqual(PROJECTIONS.map(() => null));
    stopped.abort();
    await working;
  });

  it('records each decision with who made it', async () => {
    const { rows } = await api.database.ownerPool.query(
      `SELECT actor_name, action, detail FROM operations.access_log WHERE action NOT LIKE 'key.%' ORDER BY at, id`,
    );
    const by = { actor_name: 'test admin' };
    expect(rows).toMatchObject([
      { ...by, action: 'parked_event.retried', detail: { projection: 'claim' } },
      { ...by, action: 'parked_event.dropped', detail: { projection: 'claim', reason: 'Shown by hand.' } },
      { ...by, action: 'parked_event.retried', detail: { projection: 'claim' } },
      { ...by, action: 'rebuild.started' },
      { ...by, action: 'rebuild.started' },
    ]);
  });
});

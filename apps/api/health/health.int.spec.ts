import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '#platform';
import { PROJECTIONS } from '#read-models';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

describe('health', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
  });
  afterAll(async () => {
    vi.useRealTimers();
    await api.close();
  });

  const ready = async () => {
    const answer = await api.inject({ url: '/health/ready' });
    return { status: answer.statusCode, body: answer.json() };
  };
  const checkpoint = (position: bigint, error: string | null = null) =>
    api.database.ownerPool.query(
      `INSERT INTO read_models.checkpoints (projection, version, position, updated_at, error)
       SELECT name, 1, $2, now() - interval '1 day', $3 FROM unnest($1::text[]) name
       ON CONFLICT (projection) DO UPDATE SET position = excluded.position, error = excluded.error`,
      [PROJECTIONS.map(({ name }) => name), position.toString(), error],
    );

  it('is alive', async () => {
    const answer = await api.inject({ url: '/health/live' });
    expect([answer.statusCode, answer.json()]).toEqual([200, { alive: true }]);
  });

  it('is ready with an empty log, before any projector has run', async () => {
    const { status, body } = await ready();
    expect(status).toBe(200);
    expect(body).toMatchObject({ ready: true, database: { ok: true }, eventStore: { ok: true, head: '-1' } });
    expect(body.projections).toHaveLength(PROJECTIONS.length);
  });

  it('is ready while projections catch up, and not once they have stood still for a minute', async () => {
    await api.parts.sources.register(
      { key: 'tass', name: 'TASS', kind: 'agency', group: 'tass', trustedConduit: false },
      {
        commandId: newId(),
        actor: { id: 'system:test', name: 'test' },
        correlationId: 'test',
        batchId: null,
        now: '2023-09-05T09:30:00.000Z',
      },
    );
    const head = await api.parts.store.head();
    vi.useFakeTimers({ toFake: ['performance'] });
    expect(await ready()).toMatchObject({
      status: 200,
      body: { projections: PROJECTIONS.map(() => ({ ok: true, detail: 'Catching up.' })) },
    });
    vi.advanceTimersByTime(59_000);
    expect((await ready()).status).toBe(200);
    vi.advanceTimersByTime(2_000);
    expect(await ready()).toMatchObject({
      status: 503,
      body: {
        ready: false,
        projections: PROJECTIONS.map(() => ({ ok: false, position: '-1', detail: expect.stringContaining('61 s') })),
      },
    });
    await checkpoint(head);
    expect(await ready()).toMatchObject({ status: 200, body: { eventStore: { head: head.toString() } } });
  });

  it('is not ready when an event cannot be applied', async () => {
    await checkpoint(-1n, 'cannot apply "a quote"');
    const { status, body } = await ready();
    expect(status).toBe(503);
    expect(body.projections[0]).toMatchObject({ ok: false });
    expect(JSON.stringify(body)).not.toContain('quote');
    await checkpoint(await api.parts.store.head());
  });

  it('is not ready when the read models are ahead of the log', async () => {
    const head = await api.parts.store.head();
    await checkpoint(head + 1n);
    expect(await ready()).toMatchObject({
      status: 503,
      body: {
        projections: PROJECTIONS.map(() => ({ ok: false, detail: expect.stringContaining('Ahead of the log') })),
      },
    });
    await checkpoint(head);
    expect((await ready()).status).toBe(200);
  });

  it('is not ready when the database refuses, and says nothing of where it is', async () => {
    await api.database.ownerPool.query('REVOKE USAGE ON SCHEMA read_models FROM storyledger_app');
    const { status, body } = await ready();
    await api.database.ownerPool.query('GRANT USAGE ON SCHEMA read_models TO storyledger_app');
    expect(status).toBe(503);
    expect(body).toMatchObject({ ready: false });
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|localhost|storyledger_app/);
  });
});

describe('health without an event store', () => {
  it('is alive and not ready', async () => {
    const api = await createApiUnderTest();
    await api.parts.store.close();
    const answer = await api.inject({ url: '/health/ready' });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({
      ready: false,
      database: { ok: true },
      eventStore: { ok: false, head: null },
    });
    expect((await api.inject({ url: '/health/live' })).statusCode).toBe(200);
    await api.close();
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeededEvents } from '#event-store/testing';
import { Proof, SigningKey } from '#proof';
import { Projector, Rebuilds, rebuild } from '#read-models';
import { Metrics, ObservedEventStore, watchLedger } from '#telemetry';
import { tellAndAmend } from '../busy-newsroom.js';
import { eventually } from '../eventually.js';
import { Exposition } from '../exposition.js';
import { among, FaultyProjection, projectionNamed } from '../faults/faulty-projection.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';

describe('what the ledger shows to Prometheus', () => {
  const key = SigningKey.generate('example.org/ledger');
  let newsroom: Newsroom;
  let proof: Proof;
  let rebuilds: Rebuilds;
  let metrics: Metrics;
  beforeEach(async () => {
    newsroom = await openNewsroom();
    const { database, store, queries } = newsroom;
    proof = new Proof({ pool: database.appPool, store, key });
    rebuilds = new Rebuilds(database.appPool, async () => undefined);
    metrics = new Metrics();
    watchLedger(metrics, { store, queries, rebuilds, proof });
  });
  afterEach(() => newsroom.close());

  const look = async () => new Exposition(await metrics.text());
  const of = (text: Exposition, name: string, projection = 'claim') =>
    text.value(`storyledger_${name}{projection="${projection}"}`);

  it('lag in events and seconds until a projector has applied them', async () => {
    await tellAndAmend(newsroom, '');
    const events = Number(await newsroom.store.head()) + 1;
    await newsroom.database.ownerPool.query('SELECT pg_sleep(0.05)');
    const behind = await look();
    expect(of(behind, 'projection_lag_events')).toBe(events);
    expect(of(behind, 'projection_lag_seconds')).toBeGreaterThan(0.04);
    newsroom.startProjector();
    await newsroom.settled();
    const current = await look();
    expect(of(current, 'projection_lag_events')).toBe(0);
    expect(of(current, 'projection_lag_seconds')).toBe(0);
    expect(current.value('storyledger_metrics_failures_total')).toBe(0);
  });

  it('events that are parked, and those that wait behind them', async () => {
    await tellAndAmend(newsroom, '');
    const faulty = new FaultyProjection(projectionNamed('claim'), ({ revision }) => revision === 3n);
    const stop = new AbortController();
    const { store, database } = newsroom;
    const running = new Projector({ store, pool: database.appPool, projections: among(faulty) }).run(stop.signal);
    const text = await eventually(async () => {
      const now = await look();
      return (of(now, 'projection_parked_events') ?? 0) > 0 && of(now, 'projection_lag_events') === 0 ? now : null;
    });
    stop.abort();
    await running;
    expect(of(text, 'projection_waiting_events')).toBeGreaterThan(0);
    expect(of(text, 'projection_parked_events', 'source')).toBe(0);
    expect(of(text, 'projection_stopped')).toBe(0);
  });

  it('a projection that stands still', async () => {
    newsroom.startProjector();
    await newsroom.database.ownerPool.query('ALTER TABLE read_models.claim RENAME TO gone');
    await tellAndAmend(newsroom, '');
    const text = await eventually(async () => {
      const now = await look();
      return of(now, 'projection_stopped') === 1 ? now : null;
    });
    expect(of(text, 'projection_stopped', 'source')).toBe(0);
  });

  it('how far a rebuild is, and nothing of it once it is done', async () => {
    await tellAndAmend(newsroom, '');
    newsroom.startProjector();
    await newsroom.settled();
    const { store, database } = newsroom;
    const cutting = new AbortController();
    const parts = { store, ownerPool: database.ownerPool, projection: projectionNamed('claim') };
    const cut = rebuild({ ...parts, batchSize: 10, signal: cutting.signal, onProgress: () => cutting.abort() });
    await expect(cut).rejects.toThrow();
    const progress = of(await look(), 'rebuild_progress_ratio') ?? 0;
    expect(progress).toBeGreaterThan(0);
    expect(progress).toBeLessThan(1);
    expect(of(await look(), 'rebuild_failed')).toBe(0);
    await rebuild(parts);
    expect(of(await look(), 'rebuild_progress_ratio')).toBeUndefined();
  });

  it('the size of the tree and of the last checkpoint, and for how long events have not been under one', async () => {
    await proof.checkpoints.addFirstKey(key.verifier);
    await tellAndAmend(newsroom, '');
    const events = Number(await newsroom.store.head()) + 1;
    expect((await look()).value('storyledger_merkle_lag_events')).toBe(events);
    await proof.projector().catchUp();
    await proof.signer.sign();
    const signed = await look();
    const seen = (text: Exposition) =>
      ['merkle_leaves', 'merkle_lag_events', 'checkpoint_size', 'checkpoint_unsigned_seconds'].map((name) =>
        text.value(`storyledger_${name}`),
      );
    expect(seen(signed)).toEqual([events, 0, events, 0]);
    const make = new SeededEvents(0x11);
    await newsroom.store.append(make.threadStream(), 'none', make.newEvents(2));
    await proof.projector().catchUp();
    const [leaves, lag, size, unsigned] = seen(await look());
    expect([leaves, lag, size]).toEqual([events + 2, 0, events]);
    expect(unsigned).toBeGreaterThan(0);
  });

  it('nothing of the ledger while the database is away, but that it is', async () => {
    await look();
    await newsroom.database.ownerPool.query('REVOKE USAGE ON SCHEMA read_models, proof FROM storyledger_app');
    const text = await look();
    await newsroom.database.ownerPool.query('GRANT USAGE ON SCHEMA read_models, proof TO storyledger_app');
    expect(text.value('storyledger_metrics_failures_total')).toBe(2);
    expect(text.text).not.toContain('storyledger_projection_lag_events{');
    expect(text.value('storyledger_merkle_leaves')).toBeUndefined();
  });

  it('of each append, through whichever store, how it ended', async () => {
    const ended: unknown[] = [];
    const store = new ObservedEventStore(newsroom.store, ({ events, result, error }) =>
      ended.push([events.length, result?.revision ?? error]),
    );
    const make = new SeededEvents(0x12);
    const stream = make.threadStream();
    await store.append(stream, 'none', make.newEvents(2));
    await expect(store.append(stream, 'none', make.newEvents(1))).rejects.toMatchObject({ actual: 1n });
    expect(ended).toEqual([
      [2, 1n],
      [1, expect.objectContaining({ code: 'wrong_expected_revision' })],
    ]);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { KurrentDbEventStore } from '#event-store/kurrentdb';
import { describeWithKurrentDb } from '../setup/kurrentdb.js';
import { KurrentDbCluster } from '../setup/kurrentdb-cluster.js';
import { appendAndWitness, expectWhole } from './witnessed-appends.js';

const APPENDS = 2_000;

describeWithKurrentDb('a KurrentDB cluster of three whose leader is killed', { startsServers: true }, () => {
  let cluster: KurrentDbCluster;
  let store: KurrentDbEventStore;
  beforeAll(async () => {
    cluster = await KurrentDbCluster.start();
    store = new KurrentDbEventStore({ url: cluster.url });
  }, 180_000);
  afterAll(async () => {
    await store?.close();
    await cluster?.stop();
  });

  it('goes on under another, twice, and no acknowledged event is lost or there twice', async () => {
    const killed: number[] = [];
    const killTwoInTurn = async () => {
      killed.push(await cluster.killLeader());
      // Back again: two of three must be there to agree on anything.
      await cluster.whole();
      killed.push(await cluster.killLeader());
      await cluster.whole();
    };
    const witnessed = await appendAndWitness(store, {
      writers: 16,
      appends: APPENDS,
      seed: 0xc1,
      onAcknowledged: (count) => (count === APPENDS / 2 ? killTwoInTurn() : undefined),
    });
    expect(killed).toHaveLength(2);
    expect(witnessed.acknowledged.length).toBeGreaterThanOrEqual(APPENDS);
    await expectWhole(store, witnessed);
    const { acknowledged, longestPauseMs, sentAgain } = witnessed;
    process.stdout.write(
      `  KurrentDB cluster: ${acknowledged.length} appends, leader killed twice (${killed.join(', ')}): longest pause ${longestPauseMs} ms, ${sentAgain} sent again\n`,
    );
  }, 400_000);
});

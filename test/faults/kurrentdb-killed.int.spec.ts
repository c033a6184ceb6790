import { afterAll, beforeAll, expect, it } from 'vitest';
import { KurrentDbEventStore } from '#event-store/kurrentdb';
import { describeWithKurrentDb } from '../setup/kurrentdb.js';
import { KurrentDbServer } from '../setup/kurrentdb-server.js';
import { appendAndWitness, expectWhole } from './witnessed-appends.js';

const APPENDS = 10_000;

describeWithKurrentDb(
  'a KurrentDB server that is killed in the middle of 10,000 appends',
  { startsServers: true },
  () => {
    let server: KurrentDbServer;
    let store: KurrentDbEventStore;
    beforeAll(async () => {
      server = await KurrentDbServer.start();
      store = new KurrentDbEventStore({ url: server.url });
    });
    afterAll(async () => {
      await store?.close();
      await server?.stop();
    });

    it('loses nothing that was acknowledged and holds nothing twice once it is back', async () => {
      let kills = 0;
      const witnessed = await appendAndWitness(store, {
        writers: 32,
        appends: APPENDS,
        seed: 0x4b1,
        onAcknowledged: (count) => {
          if (count !== 4_000 && count !== 7_000) return undefined;
          kills += 1;
          return server.kill().then(() => server.restart());
        },
      });
      expect(kills).toBe(2);
      const { acknowledged, longestPauseMs, sentAgain } = witnessed;
      expect(acknowledged.length).toBeGreaterThanOrEqual(APPENDS);
      await expectWhole(store, witnessed);
      process.stdout.write(
        `  KurrentDB: ${acknowledged.length} appends, killed twice: longest pause ${longestPauseMs} ms, ${sentAgain} sent again\n`,
      );
    }, 300_000);
  },
);

import { describe, expect, it } from 'vitest';
import { BEFORE_FIRST, EventStoreUnavailable } from '../index.js';
import { type ContractLog } from './contract-log.js';
import { all } from './ledger-events.js';
import { SeededEvents } from './seeded-events.js';

export function closeContract(log: ContractLog): void {
  const make = new SeededEvents(0xf0);
  const never = new AbortController().signal;

  describe('closing', () => {
    it('waits for the appends under way', async () => {
      const store = log.openStore();
      const streams = Array.from({ length: 50 }, () => make.threadStream());
      const appends = streams.map((stream) => store.append(stream, 'none', make.newEvents(1)));
      await store.close();
      await Promise.all(appends);
      for (const stream of streams) expect(await all(log.store.readStream(stream))).toHaveLength(1);
    });

    it('leaves nothing that answers, and may be done twice', async () => {
      const store = log.openStore();
      await Promise.all([store.close(), store.close()]);
      await store.close();
      const stream = make.threadStream();
      const calls = [
        () => store.append(stream, 'none', make.newEvents(1)),
        () => all(store.readStream(stream)),
        () => all(store.readAll()),
        () => all(store.subscribe({ after: BEFORE_FIRST, signal: never })),
        () => store.head(),
        () => store.ping(),
      ];
      for (const call of calls) await expect(call()).rejects.toBeInstanceOf(EventStoreUnavailable);
      expect(await all(log.store.readStream(stream))).toEqual([]);
    });

    it('fails the subscriptions that still wait', async () => {
      const store = log.openStore();
      const feed = store.subscribe({ after: await store.head(), signal: never })[Symbol.asyncIterator]();
      await feed.next();
      const waiting = feed.next();
      const failure = expect(waiting).rejects.toBeInstanceOf(EventStoreUnavailable);
      await store.close();
      await failure;
    });
  });
}

import { describe, expect, it } from 'vitest';
import { WrongExpectedRevision } from '../index.js';
import { type ContractLog, idsOf, settled } from './contract-log.js';
import { all } from './ledger-events.js';
import { SeededEvents } from './seeded-events.js';

export function appendContract(log: ContractLog): void {
  const make = new SeededEvents(0xa0);

  describe('appends at once', () => {
    it('lets exactly one of 20 parallel appends open a stream', async () => {
      const stream = make.threadStream();
      const { succeeded } = await settled(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? log.store : log.other).append(stream, 'none', make.newEvents(2))),
      );
      expect(succeeded).toHaveLength(1);
      expect(await all(log.store.readStream(stream))).toHaveLength(2);
    });

    it('keeps every one of 40 parallel appends that expect any revision, each whole', async () => {
      const stream = make.threadStream();
      const appends = Array.from({ length: 40 }, () => make.newEvents(3));
      await Promise.all(appends.map((events, n) => (n % 2 ? log.store : log.other).append(stream, 'any', events)));

      const stored = idsOf(await all(log.store.readStream(stream)));
      expect(stored).toHaveLength(120);
      for (const events of appends) {
        const at = stored.indexOf(idsOf(events)[0] ?? '');
        expect(stored.slice(at, at + 3)).toEqual(idsOf(events));
      }
    });

    it('stores all events of an append next to each other, and none of a refused one', async () => {
      const stream = make.threadStream();
      const before = await log.store.head();
      const kept = make.newEvents(50);
      await log.store.append(stream, 'none', kept);
      await expect(log.store.append(stream, 0n, make.newEvents(50))).rejects.toBeInstanceOf(WrongExpectedRevision);

      const stored = await all(log.store.readAll({ after: before }));
      expect(idsOf(stored)).toEqual(idsOf(kept));
    });

    it('refuses an append of nothing', async () => {
      await expect(log.store.append(make.threadStream(), 'any', [])).rejects.toBeInstanceOf(RangeError);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { EventCodec, LEDGER_SCHEMAS, type LedgerEvent, UnknownEventType } from '../index.js';
import { type ContractLog } from './contract-log.js';
import { all } from './ledger-events.js';
import { SeededEvents } from './seeded-events.js';

const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['every script', 'Ким Чен Ын 김정은 金正恩 كيم جونغ أون קים ไทย'],
  ['emoji and combined letters', '👩🏽‍🚀 é é ﷽ 𝒦'],
  ['quotes, backslashes and line ends', '"\\\\" \' \r\n\t ` \u2028\u2029'],
  ['control characters', '\u0001\u0008\u001f\u007f'],
  ['an escape that is meant literally', 'the text \\u0000 and \\ud83d, and \\\\u0000'],
  ['what COPY writes for null, and other escapes', '\\N \\t \\\\.'],
  ['nothing', ''],
];

export function contentContract(log: ContractLog): void {
  const make = new SeededEvents(0xc0);

  describe('what is stored', () => {
    it.each(TEXTS)('may hold %s', async (_, text) => {
      const stream = make.threadStream();
      const event = make.newEvent(make.claimReported(text), { actor: { id: 'key:1', name: text } });
      const before = await log.store.head();
      await log.store.append(stream, 'none', [event]);
      const [stored] = await all(log.store.readStream(stream));
      expect(stored).toMatchObject(event);
      expect(await all(log.store.readAll({ after: before }))).toEqual([stored]);
      expect(await all(log.store.readBatches({ after: before }))).toEqual([[stored]]);
    });

    it('may be of 1 MB, several in one append', async () => {
      const stream = make.threadStream();
      const events = ['a', 'ж', '"'].map((letter) => make.newEvent(make.claimReported(letter.repeat(1_000_000))));
      const before = await log.store.head();
      await log.store.append(stream, 'none', events);
      expect(await all(log.store.readStream(stream))).toMatchObject(events);
      expect(await all(log.store.readAll({ after: before }))).toMatchObject(events);
    });

    const unstorable: readonly (readonly [what: string, data: object])[] = [
      ['a NUL', { reason: 'a\u0000b' }],
      ['half a surrogate pair', { reason: 'a\ud83d' }],
      ['a bigint', { reason: 1n }],
    ];
    it.each(unstorable)('is never %s, and the others of the moment are stored', async (_, data) => {
      const event = { type: 'ThreadClosed', data } as unknown as LedgerEvent;
      const stream = make.threadStream();
      const good = make.threadStream();
      const [bad] = await Promise.allSettled([
        log.store.append(stream, 'none', [make.newEvent(event)]),
        log.store.append(good, 'none', make.newEvents(1)),
      ]);
      expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(Error) });
      expect(await all(log.store.readStream(stream))).toEqual([]);
      expect(await all(log.store.readStream(good))).toHaveLength(1);
    });

    it('in an older version is read in the newest, and says in which it was stored', async () => {
      const newer = log.openStore(
        new EventCodec({
          ...LEDGER_SCHEMAS,
          ThreadClosed: [
            { ...LEDGER_SCHEMAS.ThreadClosed[0], upcast: (data) => ({ ...data, by: 'unknown' }) },
            { keys: ['reason', 'by'] },
          ],
        }),
      );
      const stream = make.threadStream();
      await log.store.append(stream, 'none', [make.newEvent(make.threadClosed('Over.'))]);
      const [stored] = await all(newer.readStream(stream));
      expect(stored).toMatchObject({ schemaVersion: 1, event: { data: { reason: 'Over.', by: 'unknown' } } });
      const [raw] = await all(newer.readRawStream(stream));
      expect(raw).toMatchObject({ type: 'ThreadClosed', schemaVersion: 1, data: { reason: 'Over.' } });
      expect(raw?.data).not.toHaveProperty('by');
    });
  });
}

/** On a log of its own: from then on it cannot be read by the usual build. */
export function unknownEventContract(open: () => Promise<ContractLog & { dispose(): Promise<void> }>): void {
  const make = new SeededEvents(0xc1);

  describe('an event of a newer build', () => {
    it('stops a reader that does not know its type or version, and is never passed over', async () => {
      const log = await open();
      const newer = log.openStore(
        new EventCodec({
          ...LEDGER_SCHEMAS,
          ThreadForetold: [{ keys: ['by'] }],
          ThreadClosed: [...LEDGER_SCHEMAS.ThreadClosed, { keys: ['reason', 'by'] }],
        }),
      );
      const typeStream = make.threadStream();
      const versionStream = make.threadStream();
      const foretold = { type: 'ThreadForetold', data: { by: 'x' } } as unknown as LedgerEvent;
      const closed = { type: 'ThreadClosed', data: { reason: 'x', by: 'x' } } as unknown as LedgerEvent;
      const before = await log.store.head();
      await newer.append(typeStream, 'none', [make.newEvent(foretold)]);
      await newer.append(versionStream, 'none', [make.newEvent(closed)]);

      await expect(all(log.store.readStream(typeStream))).rejects.toMatchObject({ type: 'ThreadForetold' });
      await expect(all(log.store.readStream(versionStream))).rejects.toMatchObject({ schemaVersion: 2 });
      await expect(all(log.store.readAll({ after: before }))).rejects.toBeInstanceOf(UnknownEventType);
      const { signal } = new AbortController();
      await expect(all(log.store.subscribe({ after: before, signal }))).rejects.toBeInstanceOf(UnknownEventType);
      const raw = (await all(log.store.readRaw({ after: before }))).flat();
      expect(raw.map(({ type, schemaVersion }) => `${type} ${schemaVersion}`)).toEqual([
        'ThreadForetold 1',
        'ThreadClosed 2',
      ]);
      expect(await all(log.store.readRawStream(typeStream))).toMatchObject([{ data: { by: 'x' } }]);
      await log.dispose();
    });
  });
}

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, openPool } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { isStorable } from '../event-row.js';
import type { NewEvent, RawEvent } from '../event-store.js';
import { all } from '../testing/ledger-events.js';
import { SeededEvents } from '../testing/seeded-events.js';
import { PostgresEventStore } from './postgres-event-store.js';

/* The log is read by COPY, in bytes that are taken apart here; a stream by rows that pg takes apart. Both say the same. */
describe('what COPY brings', () => {
  const make = new SeededEvents(0xc07);
  let database: TestDatabase;
  let store: PostgresEventStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    const pool = (pipeline: boolean) =>
      openPool({ url: database.url, role: 'app', max: 2, pipeline, applicationName: 'copied' });
    store = new PostgresEventStore({ appendPool: pool(true), readPool: pool(false) });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const text = fc
    .oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        '\\N',
        '\\',
        '\\\\N',
        'a\tb\nc\r',
        '\\.',
        'PGCOPY\n\u00ff\r\n',
        '',
        '\u007f\u0080\u00ff',
        'x'.repeat(70_000),
      ),
    )
    .filter(isStorable);
  const context = fc.record({
    actor: fc.record({ id: text, name: text }),
    correlationId: text,
    causationId: fc.option(text),
    batchId: fc.option(text),
  });
  const event = fc.record({ words: text, context }).map(
    ({ words, context }): NewEvent => ({
      id: newId(),
      event: make.claimReported(words),
      context,
    }),
  );

  it('is what rows say, whatever the texts', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.array(event, { minLength: 1, maxLength: 20 }), async (name, events) => {
        const stream = `thread-${newId()} ${name}`;
        const after = await store.head();
        await store.append(stream, 'none', events);
        const rows = await all(store.readStream(stream));
        expect(rows).toMatchObject(events);
        expect((await all(store.readBatches({ after }))).flat()).toEqual(rows);
        expect((await all(store.readRaw({ after }))).flat()).toEqual(await all(store.readRawStream(stream)));
      }),
      { numRuns: 100 },
    );
  });

  /** As nothing but the owner's hand could write it. */
  async function insert(fields: { readonly [column: string]: string }): Promise<RawEvent | undefined> {
    const row = {
      stream: make.threadStream(),
      revision: '0',
      schema_version: '1',
      recorded_at: '2026-01-01',
      ...fields,
    };
    await database.ownerPool.query(
      `INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data, actor_id, actor_name,
         correlation_id, recorded_at)
       SELECT coalesce($1, max(position) + 1), $2, $3, gen_random_uuid(), 'ThreadClosed', $4, $5, 'a', 'b', 'c', $6
       FROM ledger.events`,
      [fields['position'], row.stream, row.revision, row.schema_version, fields['data'] ?? '{}', row.recorded_at],
    );
    const [raw] = (await all(store.readRaw({ after: (await store.head()) - 1n }))).flat();
    return raw;
  }

  it.each([
    ['2026-02-03 04:05:06.007+00', '2026-02-03T04:05:06.007Z'],
    ['1969-12-31 23:59:59.999+00', '1969-12-31T23:59:59.999Z'],
    ['0044-03-15 12:00:00+00 BC', '-000043-03-15T12:00:00.000Z'],
    ['12026-01-01 00:00:00+00', '+012026-01-01T00:00:00.000Z'],
    ['infinity', 'Infinity'],
    ['-infinity', '-Infinity'],
    ['280000-01-01 00:00:00.5+00', '8773779340800.5'],
  ])('tells the time %s', async (recorded_at, instant) => {
    expect(await insert({ recorded_at })).toMatchObject({ recordedAt: instant });
  });

  it('holds whole numbers that JavaScript would round', async () => {
    const [position, revision] = [2n ** 62n + 1n, 2n ** 63n - 1n];
    expect(await insert({ position: `${position}`, revision: `${revision}` })).toMatchObject({ position, revision });
  });

  it.each([
    '{"a":1e400,"b":123456789012345678901234567890}',
    '{"a":{"__proto__":1}}',
    ' [ 1 ,\n"\\ud83d" ] ',
    '"\\u0000"',
  ])('reads data %s as JSON.parse does', async (data) => {
    expect((await insert({ data }))?.data).toEqual(JSON.parse(data));
  });
});

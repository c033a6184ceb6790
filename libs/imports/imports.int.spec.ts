import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Newsroom, openNewsroom } from '../../test/newsroom.js';
import { parseMapping } from './mapping/mapping.js';
import { shippedMapping } from './mappings/shipped-mappings.js';
import type { ImportFile } from './reading/file-parts.js';

const ACTOR = { id: 'system:test', name: 'Test' };
const MAPPING = shippedMapping('attributions-table');
const HEADER = [
  'thread',
  'headline',
  'desk',
  'claim',
  'statement',
  'source',
  'source_name',
  'source_kind',
  'source_group',
  'stance',
  'stated_at',
].join();

function line(
  thread: string,
  source: string,
  overrides: { stance?: string; claim?: string; at?: number } = {},
): string {
  const { stance = 'confirm', claim = 'visit', at = 0 } = overrides;
  const said = new Date(Date.UTC(2023, 8, 11) + at * 1_000).toISOString();
  return `${thread},A headline,asia,${claim},A statement of ${claim},${source},${source},outlet,outlet:${source},${stance},${said}`;
}

function fileOf(lines: readonly string[], name = 'notes.csv'): ImportFile {
  const content = Buffer.from([HEADER, ...lines].join('\n'));
  return { name, bytes: content.length, read: () => Readable.from([content], { objectMode: false }) };
}

describe('imports', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
  });
  afterAll(() => newsroom.close());

  const outcomesOf = async (batchId: string) => {
    const rows = await newsroom.imports.batches.rows(batchId, { afterRow: 0, limit: 10_000 });
    return rows.map(({ line, outcome, faults }) => [line, outcome, ...faults.map(({ code }) => code)]);
  };
  const eventsOf = async (slug: string) => {
    const types: string[] = [];
    const id = await newsroom.threads.idOf(slug);
    for await (const { event } of newsroom.store.readStream(`thread-${id}`)) types.push(event.type);
    return types;
  };

  it('open threads and claims with the first row that names them, and add to them with the others', async () => {
    const lines = [
      line('plain', 'kcna'),
      line('plain', 'tass'),
      line('plain', 'nyt', { claim: 'talks', stance: 'report' }),
    ];
    const batch = await newsroom.imports.importFile(fileOf(lines), MAPPING, ACTOR);
    expect(batch).toMatchObject({ state: 'done', taken: 3, duplicate: 0, refused: 0 });
    expect(await eventsOf('plain')).toEqual([
      'ThreadOpened',
      'ClaimOpened',
      'ClaimConfirmed',
      'ClaimConfirmed',
      'ClaimOpened',
      'ClaimReported',
    ]);
  });

  it('take a row as a whole or not at all', async () => {
    await newsroom.imports.importFile(fileOf([line('whole', 'kcna')]), MAPPING, ACTOR);
    // The claim is new, but an unnamed speaker cannot be on record.
    const unnamed = line('whole', 'somebody', { claim: 'new' }).replace(',outlet,', ',unnamed,');
    const batch = await newsroom.imports.importFile(fileOf([unnamed]), MAPPING, ACTOR);
    expect(await outcomesOf(batch.batchId)).toEqual([[2, 'refused', 'unnamed_on_record']]);
    expect(await eventsOf('whole')).toEqual(['ThreadOpened', 'ClaimOpened', 'ClaimConfirmed']);
  });

  it('refuse what the rules of the ledger refuse, and go on with the next row', async () => {
    await newsroom.imports.importFile(fileOf([line('closed', 'kcna')]), MAPPING, ACTOR);
    const { threads } = newsroom;
    const id = await threads.idOf('closed');
    await threads.close(id, 'Done.', {
      commandId: crypto.randomUUID().replace(/^(.{14})./, '$17'),
      actor: ACTOR,
      correlationId: 'test',
      batchId: null,
      now: new Date().toISOString(),
    });
    const other = line('closed', 'tass').replace(',A headline,asia', ',,');
    const missing = line('nowhere', 'tass').replace(',A headline,asia', ',,');
    const kind = line('open', 'kcna').replace(',outlet,', ',agency,');
    const batch = await newsroom.imports.importFile(
      fileOf([other, missing, kind, line('open', 'tass')]),
      MAPPING,
      ACTOR,
    );
    expect(await outcomesOf(batch.batchId)).toEqual([
      [2, 'refused', 'thread_closed'],
      [3, 'refused', 'thread_not_found'],
      [4, 'refused', 'source_key_taken'],
      [5, 'taken'],
    ]);
  });

  it('go on after a crash, with each row once', async () => {
    const lines = Array.from({ length: 2_500 }, (_, n) => line(`crash-${n % 50}`, `s${n % 30}`, { at: n }));
    const head = await newsroom.store.head();
    const record = newsroom.imports.batches.record.bind(newsroom.imports.batches);
    let windows = 0;
    // The second thousand is in the log, and the process ends before it is noted.
    newsroom.imports.batches.record = async (...done) => {
      windows += 1;
      if (windows === 2) throw new Error('killed');
      await record(...done);
    };
    await expect(newsroom.imports.importFile(fileOf(lines), MAPPING, ACTOR)).rejects.toThrow('killed');
    newsroom.imports.batches.record = record;
    const batch = await newsroom.imports.importFile(fileOf(lines), MAPPING, ACTOR);
    expect(batch).toMatchObject({ state: 'done', rowsDone: 2_500, taken: 2_500, duplicate: 0, refused: 0 });
    let attributions = 0;
    for await (const { event, context } of newsroom.store.readAll({ after: head })) {
      expect(context.batchId).toBe(batch.batchId);
      if (event.type === 'ClaimConfirmed') attributions += 1;
    }
    expect(attributions).toBe(2_500);
  });

  it('stop at a checkpoint when asked, and go on with the same command', async () => {
    const lines = Array.from({ length: 2_100 }, (_, n) => line(`stop-${n % 50}`, 'kcna', { at: n }));
    const stop = new AbortController();
    const first = await newsroom.imports.importFile(fileOf(lines), MAPPING, ACTOR, {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(first).toMatchObject({ state: 'running', rowsDone: 1_000, taken: 1_000 });
    const second = await newsroom.imports.importFile(fileOf(lines), MAPPING, ACTOR);
    expect(second).toMatchObject({ batchId: first.batchId, state: 'done', taken: 2_100 });
  });

  it('of one file by one mapping are one batch at a time', async () => {
    const lines = Array.from({ length: 1_500 }, (_, n) => line(`twice-${n % 50}`, 'kcna', { at: n }));
    const stop = new AbortController();
    const { batchId } = await newsroom.imports.importFile(fileOf(lines), MAPPING, ACTOR, {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    const held = await newsroom.imports.batches.lock(batchId);
    await expect(newsroom.imports.importFile(fileOf(lines), MAPPING, ACTOR)).rejects.toThrow(
      /Another process is at work/,
    );
    await held?.release();
    expect(await newsroom.imports.importFile(fileOf(lines), MAPPING, ACTOR)).toMatchObject({ batchId, taken: 1_500 });
  });

  it('in a dry run say the same of each row, and store nothing', async () => {
    await newsroom.imports.importFile(fileOf([line('dry', 'kcna')]), MAPPING, ACTOR);
    const lines = [
      line('dry', 'kcna'),
      line('dry', 'tass'),
      line('dry', 'tass'),
      line('dry-new', 'nyt'),
      line('dry-new', 'nyt', { stance: 'maybe' }),
      line('dry-new', 'kcna').replace(',outlet,', ',agency,'),
    ];
    const before = await newsroom.store.head();
    const { rows } = await newsroom.imports.dryRun(fileOf(lines), MAPPING, ACTOR);
    expect(await newsroom.store.head()).toBe(before);
    expect(await newsroom.threads.find('dry-new')).toBeNull();
    const batch = await newsroom.imports.importFile(fileOf(lines), MAPPING, ACTOR);
    const dry = rows.map(({ line: at, result }) => [
      at,
      result.outcome,
      ...(result.outcome === 'refused' ? result.faults.map(({ code }) => code) : []),
    ]);
    expect(dry).toEqual(await outcomesOf(batch.batchId));
    expect(dry.map(([, outcome]) => outcome)).toEqual([
      'duplicate',
      'taken',
      'duplicate',
      'taken',
      'refused',
      'refused',
    ]);
  });

  it('voided leave what others have said, and close only what they alone had filled', async () => {
    const batch = await newsroom.imports.importFile(
      fileOf([line('shared', 'kcna'), line('alone', 'kcna')]),
      MAPPING,
      ACTOR,
    );
    await newsroom.imports.importFile(fileOf([line('shared', 'tass')]), MAPPING, ACTOR);
    const voided = await newsroom.imports.voidBatch(batch.batchId, 'Wrong.', ACTOR);
    expect(voided).toMatchObject({ state: 'voided', voided: 2 });
    expect(await newsroom.threads.current('shared')).toMatchObject({
      lifecycle: 'active',
      assessment: { status: 'developing' },
    });
    expect(await newsroom.threads.current('alone')).toMatchObject({ lifecycle: 'closed' });
    await expect(newsroom.imports.voidBatch(batch.batchId, 'Again.', ACTOR)).rejects.toThrow(/was voided at/);
    await expect(newsroom.imports.voidBatch('nothing', 'Again.', ACTOR)).rejects.toThrow(/There is no import batch/);
  });

  it('register sources alone when the mapping says no more', async () => {
    const mapping = parseMapping({
      name: 'sources',
      version: 1,
      description: 'Sources.',
      tables: [
        {
          format: { type: 'by-name' },
          row: {
            sources: [
              {
                key: { column: 'key' },
                name: { column: 'name' },
                kind: { value: 'person' },
                group: { template: 'person:{key}' },
              },
            ],
          },
        },
      ],
    });
    const content = Buffer.from('{"key":"ann","name":"Ann"}\n{"key":"ann","name":"Ann"}\n{"key":"ann","name":"Bob"}\n');
    const file = {
      name: 's.jsonl',
      bytes: content.length,
      read: () => Readable.from([content], { objectMode: false }),
    };
    const batch = await newsroom.imports.importFile(file, mapping, ACTOR);
    expect(await outcomesOf(batch.batchId)).toEqual([
      [1, 'taken'],
      [2, 'duplicate'],
      [3, 'refused', 'source_key_taken'],
    ]);
  });
});

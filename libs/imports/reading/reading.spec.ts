import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { Table } from '../mapping/mapping.js';
import { fileParts, type ImportFile } from './file-parts.js';
import { readRows } from './rows.js';

function file(name: string, bytes: Buffer | string): ImportFile {
  const content = Buffer.from(bytes);
  // In small pieces, so that nothing rests on where a chunk ends.
  const pieces = Array.from({ length: Math.ceil(content.length / 7) }, (_, n) => content.subarray(n * 7, n * 7 + 7));
  return { name, bytes: content.length, read: () => Readable.from(pieces, { objectMode: false }) };
}

async function archive(files: Record<string, string>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function partsOf(imported: ImportFile, limits = {}): Promise<Record<string, string>> {
  const parts: Record<string, string> = {};
  for await (const { name, content } of fileParts(imported, limits)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk as Uint8Array));
    parts[name] = Buffer.concat(chunks).toString('utf8');
  }
  return parts;
}

async function rowsOf(name: string, text: string, format: object = { type: 'by-name' }): Promise<unknown[]> {
  const rows: unknown[] = [];
  const whole = { delimiter: ',', header: 'named', ...format } as Table['format'];
  for await (const row of readRows({ name, content: Readable.from([Buffer.from(text)]) }, whole)) {
    rows.push(
      'fault' in row ? { line: row.line, code: row.fault.code } : { line: row.line, ...Object.fromEntries(row.cells) },
    );
  }
  return rows;
}

describe('a file', () => {
  const text = 'a,b\n1,2\n'.repeat(100);

  it('is one part, packed by gzip or not', async () => {
    expect(await partsOf(file('x.csv', text))).toEqual({ 'x.csv': text });
    expect(await partsOf(file('x.csv.gz', gzipSync(text)))).toEqual({ 'x.csv': text });
  });

  it('that is an archive has the parts of the archive, packed or not', async () => {
    const files = { 'set/a.csv': text, 'set/b.csv': 'b', LICENSE: 'MIT' };
    const tar = await archive(files);
    expect(await partsOf(file('set.tar', tar))).toEqual(files);
    expect(await partsOf(file('set.tgz', gzipSync(tar)))).toEqual(files);
  });

  it('is known by what it holds, not by its name', async () => {
    expect(await partsOf(file('x.csv', gzipSync(text)))).toEqual({ 'x.csv': text });
  });

  it('that is empty has one empty part', async () => {
    expect(await partsOf(file('x.csv', ''))).toEqual({ 'x.csv': '' });
  });

  it('that is damaged is refused by its name', async () => {
    const cut = gzipSync(text).subarray(0, -12);
    await expect(partsOf(file('x.csv.gz', cut))).rejects.toThrow(/x\.csv\.gz is damaged: .*/);
  });

  it('that unpacks to more than allowed is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    await expect(partsOf(file('x.gz', bomb), { unpackedBytes: 1_000_000 })).rejects.toThrow(/more than 1000000 bytes/);
  });
});

describe('rows', () => {
  it('of CSV are named by the first line, with or without a byte order mark', async () => {
    expect(await rowsOf('x.csv', '\uFEFFa,b\r\n1,"2, and\nmore"\r\n\r\n3,4')).toEqual([
      { line: 3, a: '1', b: '2, and\nmore' },
      { line: 5, a: '3', b: '4' },
    ]);
  });

  it('of TSV are parted by tabs', async () => {
    expect(await rowsOf('x.tsv', 'a\tb\n1,5\t2')).toEqual([{ line: 2, a: '1,5', b: '2' }]);
  });

  it('of JSON Lines are objects of plain values', async () => {
    expect(await rowsOf('x.jsonl', '{"a":"1","b":["x"]}\n\n{"a":2,"b":true}\nnot json\n[1]\n{"a":{}}')).toEqual([
      { line: 1, a: '1', b: ['x'] },
      { line: 3, a: '2', b: true },
      { line: 4, code: 'malformed' },
      { line: 5, code: 'malformed' },
      { line: 6, code: 'type' },
    ]);
  });

  it('with too few columns lack the last ones; with too many they are refused', async () => {
    expect(await rowsOf('x.csv', 'a,b\n1\n1,2,\n1,2,3')).toEqual([
      { line: 2, a: '1', b: null },
      { line: 3, a: '1', b: '2' },
      { line: 4, code: 'columns' },
    ]);
  });

  it('may be named by the mapping, under a header that is ignored or missing', async () => {
    const columns = ['x', 'y'];
    expect(await rowsOf('x.csv', 'a,b\n1,2', { type: 'csv', header: 'ignored', columns })).toEqual([
      { line: 2, x: '1', y: '2' },
    ]);
    expect(await rowsOf('x.csv', '1,2', { type: 'csv', header: 'none', columns })).toEqual([
      { line: 1, x: '1', y: '2' },
    ]);
  });

  it('behind a quote that is never closed are refused, not lost', async () => {
    expect(await rowsOf('x.csv', 'a,b\n1,2\n3,"4\n5,6\n')).toEqual([
      { line: 2, a: '1', b: '2' },
      { line: 4, code: 'malformed' },
    ]);
  });

  it('of an endless line end the import', async () => {
    await expect(rowsOf('x.jsonl', 'x'.repeat(2_000_000))).rejects.toThrow(/Line 1 is longer/);
  });
});

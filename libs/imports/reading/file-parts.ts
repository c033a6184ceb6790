import { basename } from 'node:path';
import { pipeline, Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { ImportFailure } from '../failure.js';

/** A file to import, readable as often as it is needed. */
export interface ImportFile {
  readonly name: string;
  /** Of the file as it is, packed or not. */
  readonly bytes: number;
  read(): Readable;
}

/** One table's worth of text: the file itself, or one file of an archive. */
export interface FilePart {
  readonly name: string;
  /** Must be read to its end, or destroyed, before the next part is asked for. */
  readonly content: Readable;
}

export interface ReadingLimits {
  /** Of what comes out of a packed file; 4 GiB when left out. */
  readonly unpackedBytes?: number;
  /** Told of every piece read of the file as it is. */
  readonly onRead?: (bytes: number) => void;
}

const GZIP = Buffer.from([0x1f, 0x8b]);
const TAR_MAGIC = { offset: 257, text: 'ustar' };
const PEEKED = 512;

/**
 * Unpacks gzip and tar, by what the file holds and not by its name.
 * @throws ImportFailure of a damaged file
 */
export async function* fileParts(file: ImportFile, limits: ReadingLimits = {}): AsyncGenerator<FilePart> {
  try {
    const { unpackedBytes = 4 * 1024 ** 3, onRead = () => undefined } = limits;
    let { head, whole } = await peek(through(file.read(), counter(onRead)));
    let name = basename(file.name);
    if (head.subarray(0, 2).equals(GZIP)) {
      ({ head, whole } = await peek(through(whole, createGunzip(), limiter(unpackedBytes))));
      name = name.replace(/\.gz$/i, '');
    }
    if (head.subarray(TAR_MAGIC.offset).toString('latin1').startsWith(TAR_MAGIC.text)) {
      for await (const part of archived(whole)) yield { ...part, content: guarded(part.content, file.name) };
    } else yield { name, content: guarded(whole, file.name) };
  } catch (error) {
    throw explained(error, file.name);
  }
}

async function* archived(whole: Readable): AsyncGenerator<FilePart> {
  const entries = extract();
  pipeline(whole, entries, () => undefined);
  // streamx streams, which are Node's in all but their types.
  for await (const entry of entries as AsyncIterable<Readable & { readonly header: Header }>) {
    if (entry.header.type === 'file') yield { name: entry.header.name, content: entry };
    // What was left unread of it; the next entry comes behind it.
    entry.resume();
  }
}

/** The first bytes, and a stream of all of them. */
async function peek(stream: Readable): Promise<{ head: Buffer; whole: Readable }> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first: Buffer[] = [];
  let size = 0;
  while (size < PEEKED) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    first.push(value);
    size += value.length;
  }
  const head = Buffer.concat(first);
  async function* all() {
    try {
      yield head;
      for (;;) {
        const { done, value } = await chunks.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      stream.destroy();
    }
  }
  return { head, whole: Readable.from(all(), { objectMode: false }) };
}

/** The last of a chain of streams; a failure of any ends it. */
function through(first: Readable, ...rest: readonly Transform[]): Readable {
  let last = first;
  for (const next of rest) {
    pipeline(last, next, () => undefined);
    last = next;
  }
  return last;
}

function counter(onRead: (bytes: number) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onRead(chunk.length);
      done(null, chunk);
    },
  });
}

function limiter(most: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size <= most) done(null, chunk);
      else done(new ImportFailure(`The file unpacks to more than ${most} bytes. Split it.`));
    },
  });
}

/** The same, with failures that name the file. */
function guarded(content: Readable, name: string): Readable {
  async function* pieces() {
    try {
      yield* content;
    } catch (error) {
      throw explained(error, name);
    }
  }
  return Readable.from(pieces(), { objectMode: false });
}

function explained(error: unknown, name: string): unknown {
  return isDamage(error) ? new ImportFailure(`${name} is damaged: ${error.message}.`) : error;
}

function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return code.startsWith('Z_') || /tar header|Unexpected end of data|unexpected end of file/i.test(error.message);
}

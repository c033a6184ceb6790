import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { MARKER } from './hostile-values.js';

const HEAD = 'thread,claim,statement,source,stance,stated_at,quote\n';

/** Files as people might send them for an import: some are tables, none is harmless. */
export const UPLOADS: readonly Buffer[] = [
  Buffer.from(''),
  Buffer.from('\u0000\u0000\u0000'),
  Buffer.from(`${HEAD}fuzz-1,c,It is so,tass,confirm,2023-09-11T08:12:00Z,${MARKER}\n`),
  Buffer.from(`${HEAD}=1+1,@c,"+x",-tass,=cmd,2023-02-30,"=HYPERLINK(""http://x"")"\n`),
  Buffer.from(`${HEAD}"unbalanced,${MARKER}`),
  Buffer.from(`${'a,'.repeat(5_000)}\n${'1,'.repeat(5_000)}\n`),
  Buffer.from(`{"thread":"__proto__","claim":{"a":1}}\nnot json\n{"a":${'['.repeat(200)}${']'.repeat(200)}}\n`),
  gzipSync(Buffer.alloc(3_000_000)),
  gzipSync(`${HEAD}fuzz-2,c,It is so,tass,deny,2023-09-11T08:12:00Z,${MARKER}\n`).subarray(0, 40),
  Buffer.alloc(512, 0x41),
  await archive([
    '../../../tmp/evil.csv',
    '/etc/evil.csv',
    'a/../../b.csv',
    '..\\evil.csv',
    `${'d/'.repeat(50)}deep.csv`,
  ]),
];

async function archive(names: readonly string[]): Promise<Buffer> {
  const tar = pack();
  for (const name of names) tar.entry({ name }, `${HEAD}fuzz-3,c,It is so,tass,deny,2023-09-11T08:12:00Z,${MARKER}\n`);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

import { readFile, stat } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { StartupError } from '#platform';
import { type LedgerReport, NotProven, parseKey, readBundle, verifyBundle, verifyLedger, verifyReceipt } from '#proof';
import { withLedger } from '../with-ledger.js';

interface VerifyOptions {
  readonly fromStore?: boolean;
  readonly against?: readonly string[];
  readonly key?: string;
  readonly json?: boolean;
}

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'the whole ledger against its Merkle tree and its signed checkpoints; or an evidence bundle, or a receipt',
    )
    .argument('[file]', 'a bundle (.zip) or a receipt (.json); the ledger itself when left out')
    .option('--from-store', 'the ledger itself, event by event')
    .option('--against <file...>', 'checkpoints that were kept in another place')
    .option('--key <file>', 'of a bundle or receipt: trust only the keys in this file')
    .option('--json', 'as JSON')
    .action(async (file: string | undefined, options: VerifyOptions) => {
      if (file !== undefined && options.fromStore === true)
        throw new StartupError('Give a file or --from-store, not both.');
      const isWhole = file === undefined ? await verifyStore(options) : await verifyFile(file, options);
      if (!isWhole) process.exitCode = 1;
    });
}

async function verifyStore({ against = [], json }: VerifyOptions): Promise<boolean> {
  const kept = await Promise.all(against.map(read));
  let report: LedgerReport | undefined;
  await withLedger('verify', async ({ store, proof: { tree, checkpoints } }) => {
    const bar = process.stderr.isTTY
      ? new SingleBar({ format: '{bar} {percentage}% | {value} events | {eta_formatted} left' }, undefined)
      : null;
    bar?.start(Math.max(1, await tree.size()), 0);
    try {
      report = await verifyLedger({
        store,
        tree,
        checkpoints,
        against: kept,
        onProgress: (events) => bar?.update(events),
      });
    } finally {
      bar?.stop();
    }
  });
  if (report === undefined) throw new Error('The ledger was not read.');
  if (json === true) say(JSON.stringify(report, null, 2));
  else for (const line of linesOf(report)) say(line);
  return report.findings.length === 0;
}

function linesOf({ events, leaves, checkpoints, unsigned, pending, findings }: LedgerReport): readonly string[] {
  const counts = [
    `${events} events are what was hashed when they were recorded, of ${leaves} in the tree.`,
    `${checkpoints} signed checkpoints were compared; ${unsigned} events came after the last one that holds.`,
    ...(pending > 0 ? [`${pending} events are not in the tree yet: the projector adds them.`] : []),
  ];
  if (findings.length === 0) return [...counts, 'VERIFIED.'];
  return [...findings.map(({ what, message }) => `${what.toUpperCase()}: ${message}`), ...counts, 'NOT VERIFIED.'];
}

async function verifyFile(file: string, { against = [], key, json }: VerifyOptions): Promise<boolean> {
  const keys = key === undefined ? [] : (await read(key)).trim().split('\n').map(parseKey);
  const [checkpoint, ...more] = await Promise.all(against.map(read));
  if (more.length > 0) throw new StartupError('A bundle is compared with one checkpoint at a time.');
  const { proven, problems } = await attempt(async () => {
    const bytes = await readBytes(file);
    if (bytes[0] !== 0x7b)
      return verifyBundle(readBundle(bytes), { keys, ...(checkpoint !== undefined && { checkpoint }) });
    const { event, checkpoint: log } = verifyReceipt(Buffer.from(bytes).toString('utf8'), keys);
    return {
      proven: [`Event ${event.id} (${event.type}) is event ${event.index} of the ${log.size} that were signed.`],
      problems: [],
    };
  });
  if (json === true) say(JSON.stringify({ proven, problems }, null, 2));
  else {
    for (const line of proven) say(`ok    ${line}`);
    for (const line of problems) say(`WRONG ${line}`);
    say(problems.length === 0 ? 'VERIFIED.' : 'NOT VERIFIED.');
  }
  return problems.length === 0;
}

async function attempt<T>(
  work: () => Promise<T>,
): Promise<T | { proven: readonly string[]; problems: readonly string[] }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotProven || error instanceof SyntaxError) return { proven: [], problems: [error.message] };
    throw error;
  }
}

async function read(file: string): Promise<string> {
  return Buffer.from(await readBytes(file)).toString('utf8');
}

async function readBytes(file: string): Promise<Uint8Array> {
  const { size } = await stat(file).catch(() => ({ size: -1 }));
  if (size < 0) throw new StartupError(`There is no file ${file}.`);
  return readFile(file);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

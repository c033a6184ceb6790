import { open } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { type Command, InvalidArgumentError } from 'commander';
import {
  type DoneRow,
  fileOnDisk,
  findMapping,
  type ImportBatch,
  ImportFailure,
  type ImportRow,
  type RunControl,
  SHIPPED_MAPPINGS,
} from '#imports';
import { StartupError } from '#platform';
import type { Ledger } from '../ledger.js';
import { withLedger } from '../with-ledger.js';

const ACTOR = { id: 'system:cli', name: 'Command line' };
const PAGE = 1_000;

interface ImportOptions {
  readonly mapping: string;
  readonly dryRun?: boolean;
  readonly report?: string;
}

/** A row of a report, whether stored or from a dry run. */
type ReportedRow = Pick<ImportRow, 'rowNumber' | 'file' | 'line' | 'outcome' | 'faults'>;

export function registerImports(program: Command): void {
  program
    .command('import')
    .description('bring a CSV, TSV or JSON Lines file into the ledger, packed or not, or a tar archive of them')
    .argument('<file>')
    .requiredOption(
      '--mapping <name>',
      `how its rows are read: ${SHIPPED_MAPPINGS.map(({ name }) => name).join(', ')}, or the path of a .json`,
    )
    .option('--dry-run', 'say what would be taken and refused, and store nothing')
    .option('--report <file>', 'write what became of each row there, as JSON Lines')
    .action((path: string, options: ImportOptions) =>
      withLedger('import', (ledger) => explaining(() => importFile(ledger, path, options))),
    );
  const imports = program.command('imports').description('what was imported, and taking it back');
  imports
    .command('list')
    .description('all imports, the newest first')
    .option('--limit <n>', 'at most so many', count, 20)
    .action(({ limit }: { limit: number }) =>
      withLedger('imports', async ({ imports: { batches } }) => {
        for (const batch of await batches.list(limit, null)) say(lineOf(batch));
      }),
    );
  imports
    .command('rows')
    .description('what became of each row of an import, as JSON Lines')
    .argument('<batch>')
    .option('--refused', 'only the refused ones')
    .action((batchId: string, { refused }: { refused?: boolean }) =>
      withLedger('imports', async (ledger) => {
        for await (const row of storedRows(ledger, batchId, refused === true)) say(JSON.stringify(row));
      }),
    );
  imports
    .command('void')
    .description('void every attribution of an import, and close the threads that only it had filled')
    .argument('<batch>')
    .requiredOption('--reason <text>', 'why; it stands in the record for good')
    .action((batchId: string, { reason }: { reason: string }) =>
      withLedger('imports', (ledger) =>
        explaining(async () => {
          const batch = await withBar((control) => ledger.imports.voidBatch(batchId, reason, ACTOR, control));
          if (batch.state === 'voided') say(`Import ${batchId} is voided: ${batch.voided} attributions.`);
          else say(`Cut off. Run the same command to go on: ${batch.voided} attributions are voided.`);
        }),
      ),
    );
}

async function importFile(ledger: Ledger, path: string, { mapping: name, dryRun, report }: ImportOptions) {
  const [file, mapping] = [await fileOnDisk(path), await findMapping(name)];
  if (dryRun === true) {
    const { rows } = await withBar((control) => ledger.imports.dryRun(file, mapping, ACTOR, control));
    if (report !== undefined) await writeReport(report, rows.map(reported));
    const of = (outcome: string) => rows.filter(({ result }) => result.outcome === outcome).length;
    say(`A dry run: would take ${of('taken')}, skip ${of('duplicate')} as duplicates, refuse ${of('refused')} rows.`);
    for (const row of rows
      .map(reported)
      .filter(({ outcome }) => outcome === 'refused')
      .slice(0, 20))
      say(refusal(row));
    return;
  }
  const batch = await withBar((control) => ledger.imports.importFile(file, mapping, ACTOR, control));
  if (report !== undefined) await writeReport(report, storedRows(ledger, batch.batchId, false));
  if (batch.state === 'running') say(`Cut off at row ${batch.rowsDone}. Run the same command to go on.`);
  say(
    `Import ${batch.batchId}: took ${batch.taken}, skipped ${batch.duplicate} as duplicates, refused ${batch.refused}.`,
  );
  for (const { field, code, count: times, example } of await ledger.imports.batches.refusals(batch.batchId)) {
    say(`${String(times).padStart(8)} x ${field} (${code}), such as ${example}`);
  }
  if (batch.refused > 0) say(`Each of them: storyledger imports rows ${batch.batchId} --refused`);
  if (batch.taken > 0) say(`To take it all back: storyledger imports void ${batch.batchId} --reason "..."`);
}

/** Ctrl-C ends the work at its next checkpoint; a second one ends the process at once. */
async function withBar<Result>(work: (control: RunControl) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const ask = () => (stop.signal.aborted ? process.exit(130) : stop.abort());
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{bar} {percentage}% | {rows} rows | {eta_formatted} left', hideCursor: true })
    : null;
  process.on('SIGINT', ask).on('SIGTERM', ask);
  bar?.start(1, 0, { rows: 0 });
  try {
    return await work({
      signal: stop.signal,
      onProgress: ({ done, total, rows }) => {
        bar?.setTotal(total);
        bar?.update(done, { rows });
      },
    });
  } finally {
    bar?.stop();
    process.off('SIGINT', ask).off('SIGTERM', ask);
  }
}

async function* storedRows({ imports: { batches } }: Ledger, batchId: string, refusedOnly: boolean) {
  for (let afterRow = 0; ; ) {
    const outcomes = refusedOnly ? (['refused'] as const) : undefined;
    const rows = await batches.rows(batchId, { outcomes, afterRow, limit: PAGE });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    afterRow = last.rowNumber;
  }
}

async function writeReport(path: string, rows: Iterable<ReportedRow> | AsyncIterable<ReportedRow>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const row of rows) await file.write(`${JSON.stringify(row)}\n`);
  } finally {
    await file.close();
  }
  say(`What became of each row: ${path}`);
}

function reported({ rowNumber, file, line, result }: DoneRow): ReportedRow {
  const { outcome } = result;
  return { rowNumber, file, line, outcome, faults: outcome === 'refused' ? result.faults : [] };
}

function refusal({ file, line, faults }: ReportedRow): string {
  const what = faults.map(({ column, field, reason }) => `${column ?? field ?? 'row'}: ${reason}`).join(' ');
  return `  ${file}:${line} ${what}`;
}

function lineOf({ batchId, state, taken, duplicate, refused, fileName, startedAt }: ImportBatch): string {
  const counts = `${taken} taken, ${duplicate} duplicate, ${refused} refused`;
  return `${batchId}  ${state.padEnd(7)} ${startedAt}  ${counts}  ${fileName}`;
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

async function explaining(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof ImportFailure ? new StartupError(error.message) : error;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

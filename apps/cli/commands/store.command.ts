import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { reserveNamesOfEvents } from '#application';
import { type CopyOutcome, type CopyProgress, copyLedger } from '#event-store';
import { NameReservations } from '#operations';
import { openDestination, openSource } from '../copy-ends.js';
import { withLedger } from '../with-ledger.js';

const PHASES: Readonly<Record<CopyProgress['phase'], string>> = {
  compare: 'Comparing what is there',
  copy: 'Copying',
  verify: 'Verifying',
};
const URLS = 'postgres://... or kurrentdb://...';

export function registerStore(program: Command): void {
  const store = program.command('store').description('the log itself');
  store
    .command('copy')
    .description(
      'copy a whole ledger into another store, with ids, times and actors; cut off, it goes on when run again',
    )
    .requiredOption('--from <url>', `the ledger: ${URLS}`)
    .requiredOption('--to <url>', `an empty store, or one that a copy was begun in: ${URLS}`)
    .action(({ from, to }: { from: string; to: string }) => copy(from, to));
  store
    .command('reserve-names')
    .description('reserve the slugs and source keys that the log uses, in a database that lacks them')
    .action(() =>
      withLedger('reserve names', async ({ store: log, pool }) => {
        const count = await reserveNamesOfEvents(log, new NameReservations(pool));
        say(`${count} names of the log are reserved.`);
      }),
    );
}

async function copy(from: string, to: string): Promise<void> {
  const source = await openSource('--from', from);
  try {
    const destination = await openDestination('--to', to);
    try {
      const outcome = await withBar((onProgress) => copyLedger(source.store, destination.target, onProgress));
      tell(outcome);
      if (destination.pool !== null) {
        const count = await reserveNamesOfEvents(destination.store, new NameReservations(destination.pool));
        say(`${count} names of the log are reserved in the new database.`);
      }
      say('');
      for (const line of stillToDo(destination.pool !== null)) say(line);
    } finally {
      await destination.close();
    }
  } finally {
    await source.close();
  }
}

async function withBar(
  work: (onProgress: (progress: CopyProgress) => void) => Promise<CopyOutcome>,
): Promise<CopyOutcome> {
  const bar = process.stdout.isTTY
    ? new SingleBar({ format: '{phase} {bar} {percentage}% | {value} of {total} events | {eta_formatted} left' })
    : null;
  let phase: CopyProgress['phase'] | null = null;
  try {
    return await work((progress) => {
      if (progress.phase !== phase) {
        phase = progress.phase;
        if (bar === null) say(`${PHASES[phase]} ...`);
        bar?.stop();
        bar?.start(progress.total, 0, { phase: PHASES[phase].padEnd(23) });
      }
      bar?.setTotal(progress.total);
      bar?.update(progress.done);
    });
  } finally {
    bar?.stop();
  }
}

function tell({ copied, events, streams, digest }: CopyOutcome): void {
  say(copied === 0 ? 'Nothing was left to copy.' : `${copied} events were copied.`);
  say(`Both hold the same ${events} events of ${streams} streams: SHA-256 ${digest}`);
}

function stillToDo(isDatabase: boolean): readonly string[] {
  return [
    'What is left to do:',
    '  1. Stop what writes to the old ledger, and run this again: it copies the rest and compares everything.',
    isDatabase
      ? '  2. Start with DATABASE_URL set to the new database, without EVENT_STORE_URL. API keys, stored answers, imports and'
      : '  2. Start with EVENT_STORE_URL set to the new store, and DATABASE_URL as it was: API keys, names, stored answers and',
    isDatabase
      ? '     checkpoints are not part of the log and stay in the old database: make new keys.'
      : '     imports stay there. In a new database, run `storyledger store reserve-names` and make new keys.',
    '  3. `storyledger projections rebuild --all`: positions differ from store to store.',
  ];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

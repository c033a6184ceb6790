import { type Command, InvalidArgumentError } from 'commander';
import { Refusal } from '#domain';
import { momentKind } from '#fields';
import { StartupError } from '#platform';
import { changesSomething, type Moment, MomentNotFound, namesIn, type ReplayStep, recordOf, replayCsv } from '#replay';
import type { Ledger } from '../ledger.js';
import { timeline } from '../replay/timeline.js';
import { withLedger } from '../with-ledger.js';

const MOMENT = momentKind();

interface ReplayCommandOptions {
  readonly from?: Moment;
  readonly to?: Moment;
  readonly asOf?: Moment;
  readonly changes?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('how a thread evolved: each event, what it changed and why, straight from the log')
    .argument('<thread>', 'its id or slug')
    .option('--from <moment>', 'the first step: a revision, or a time such as 2023-09-11T10:30:00Z', momentOf)
    .option('--to <moment>', 'the last step: a revision or a time', momentOf)
    .option('--as-of <moment>', 'as it was known then; the same as --to', momentOf)
    .option('--changes', 'only the steps after which something stands differently')
    .option('--json', 'as JSON Lines, a step a line')
    .option('--csv', 'as a table')
    .action((thread: string, options: ReplayCommandOptions) =>
      withLedger('replay', (ledger) => explaining(() => replay(ledger, thread, options))),
    );
}

async function replay(ledger: Ledger, thread: string, options: ReplayCommandOptions): Promise<void> {
  const { from = {}, to, asOf, changes = false, json = false, csv = false } = options;
  if (to !== undefined && asOf !== undefined) throw new StartupError('Give --to or --as-of, not both.');
  if (json && csv) throw new StartupError('Give --json or --csv, not both.');
  const until = asOf ?? to ?? {};
  const threadId = await ledger.threads.idOf(thread);
  const all = await ledger.replay.steps(threadId, { from, to: until });
  const steps = changes ? all.filter(changesSomething) : all;
  const names = await ledger.queries.names(namesIn(steps));
  if (json) for (const step of steps) say(JSON.stringify(recordOf(step, names)));
  else if (csv) process.stdout.write(replayCsv(steps.map((step) => recordOf(step, names))));
  else await show(ledger, { threadId, until, steps, isPast: asOf !== undefined || to !== undefined });
}

async function show(
  { replay: replays, queries }: Ledger,
  view: {
    readonly threadId: string;
    readonly until: Moment;
    readonly steps: readonly ReplayStep[];
    readonly isPast: boolean;
  },
): Promise<void> {
  const { fold } = await replays.thread(view.threadId, view.until);
  const names = await queries.names(namesIn(view.steps));
  const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  for (const line of timeline({ fold, steps: view.steps, names, colour, isPast: view.isPast })) say(line);
}

function momentOf(text: string): Moment {
  if (/^\d{1,18}$/.test(text)) return { revision: BigInt(text) };
  const moment = MOMENT.read?.(text);
  const [fault] = MOMENT.faults(moment);
  if (fault === undefined) return { recordedUntil: String(moment) };
  throw new InvalidArgumentError('It must be a revision, or a time with its offset such as 2023-09-11T10:30:00Z.');
}

async function explaining(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const expected = error instanceof Refusal || error instanceof MomentNotFound;
    throw expected ? new StartupError(error.message) : error;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

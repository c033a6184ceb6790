import { readFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { LEDGER_POLICY_STREAM } from '#application';
import { nameOfPolicy, POLICY_NAMES, type PolicyName, policyNamed, readPolicy, type StatusPolicy } from '#domain';
import { momentKind } from '#fields';
import { newId, StartupError } from '#platform';
import { type Backtest, type BacktestChange, backtest } from '#replay';
import { withLedger } from '../with-ledger.js';

const CLI = { id: 'system:cli', name: 'Command line' };
const REASON_MAX = 2_000;
const MOMENT = momentKind();

interface BacktestOptions {
  readonly asOf?: string;
  readonly saidUntil?: string;
  readonly json?: boolean;
}

export function registerPolicy(program: Command): void {
  const policy = program.command('policy').description('the status policy, and trying others');
  policy
    .command('show')
    .description(
      'the parameters of a policy as JSON, a file to start from; without a name of the one that new threads open under',
    )
    .addArgument(new Argument('[name]').choices(POLICY_NAMES))
    .action((name?: PolicyName) => (name === undefined ? showChosen() : show(name)));
  policy
    .command('use')
    .description('choose the policy that new threads open under; those that are there stay under theirs')
    .addArgument(new Argument('<name>').choices(POLICY_NAMES))
    .requiredOption('--reason <text>', 'why, for the log and the access log', reasonOf)
    .action((name: PolicyName, { reason }: { reason: string }) => use(name, reason));
  policy
    .command('backtest')
    .description('which threads and claims of the whole ledger would stand differently under other parameters')
    .argument('<file>', 'the parameters as JSON; those left out are of standard-1')
    .option('--as-of <moment>', 'as the ledger was known then', momentOf)
    .option('--said-until <moment>', 'with only what had been said by then', momentOf)
    .option('--json', 'as JSON, with examples of each change')
    .action(async (file: string, options: BacktestOptions) => {
      const tried = await policyIn(file);
      await withLedger('policy', async ({ store }) => {
        const moment = { recordedUntil: options.asOf, statedUntil: options.saidUntil };
        const result = await withBar((onProgress) => backtest(store, tried, { moment, onProgress }));
        if (options.json === true) say(JSON.stringify(result, null, 2));
        else for (const line of table(result)) say(line);
      });
    });
}

function show(name: PolicyName): void {
  say(JSON.stringify(policyNamed(name), null, 2));
}

async function showChosen(): Promise<void> {
  await withLedger('policy', async ({ threads }) => {
    const { policy, since, reason } = await threads.ledgerPolicy.current();
    const chosen = since === null ? '' : `, since ${since} (${reason})`;
    process.stderr.write(`New threads open under ${policy}${chosen}.\n`);
    show(policy);
  });
}

async function use(policy: PolicyName, reason: string): Promise<void> {
  await withLedger('policy', async ({ threads, accesses }) => {
    const commandId = newId();
    const context = { commandId, actor: CLI, correlationId: commandId, batchId: null, now: new Date().toISOString() };
    const { policy: before } = await threads.ledgerPolicy.current();
    if (before === policy) return say(`New threads open under ${policy} already.`);
    await accesses.record({
      actor: CLI,
      action: 'policy.adopted',
      subject: LEDGER_POLICY_STREAM,
      detail: { policy, reason },
    });
    await threads.ledgerPolicy.adopt({ policy, reason }, context);
    say(
      `New threads open under ${policy} from now on, instead of ${before}. Threads that are there stay under theirs.`,
    );
  });
}

function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason.length > 0 && reason.length <= REASON_MAX) return reason;
  throw new InvalidArgumentError(`It must be 1 to ${REASON_MAX} characters.`);
}

async function policyIn(file: string): Promise<StatusPolicy> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new StartupError(`${file} cannot be read: ${error.message}`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StartupError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const read = readPolicy(value);
  if ('policy' in read) return read.policy;
  const faults = read.faults.map(({ at, detail }) => `  ${at === '' ? 'It' : at}: ${detail}`);
  throw new StartupError([`${file} is no policy:`, ...faults].join('\n'));
}

async function withBar<Result>(work: (onProgress: (done: number, total: number) => void) => Promise<Result>) {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: '{bar} {percentage}% | {value} of {total} threads | {eta_formatted} left',
        hideCursor: true,
      })
    : null;
  bar?.start(1, 0);
  try {
    return await work((done, total) => {
      bar?.setTotal(Math.max(total, 1));
      bar?.update(done);
    });
  } finally {
    bar?.stop();
  }
}

function* table({ policy, against, threads, claims, ...result }: Backtest): Iterable<string> {
  const when = [
    result.recordedUntil === null ? '' : `, as known on ${result.recordedUntil}`,
    result.statedUntil === null ? '' : `, as said until ${result.statedUntil}`,
  ].join('');
  yield `${nameOfPolicy(policy)} instead of ${against.join(' and ') || 'nothing'}${when}:`;
  yield `${result.claimsChanged} of ${claims} claims and ${result.threadsChanged} of ${threads} threads would stand differently.`;
  yield* changes('claims', result.claimChanges);
  yield* changes('threads', result.threadChanges);
}

function* changes(what: string, list: readonly BacktestChange<string>[]): Iterable<string> {
  if (list.length === 0) return;
  yield '';
  yield `${what.padStart(8)}  from              to                such as`;
  for (const { from, to, count, examples } of list) {
    const such = examples.slice(0, 3).map(({ slug, claimKey }) => (claimKey === null ? slug : `${slug} "${claimKey}"`));
    yield `${String(count).padStart(8)}  ${spaced(from).padEnd(17)} ${spaced(to).padEnd(17)} ${such.join(', ')}`;
  }
}

function spaced(status: string): string {
  return status.replaceAll('_', ' ');
}

function momentOf(text: string): string {
  const moment = MOMENT.read?.(text);
  if (MOMENT.faults(moment).length === 0) return String(moment);
  throw new InvalidArgumentError('It must be a time with its offset, such as 2023-09-11T10:30:00Z.');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

import type { Command } from 'commander';
import { StartupError } from '#platform';
import type { PageRequest, ParkedEvent, Unparking } from '#read-models';
import type { Ledger } from '../ledger.js';
import { withLedger } from '../with-ledger.js';

const CLI = { id: 'system:cli', name: 'storyledger' };
const PAGE = 500;

export function registerParked(projections: Command): void {
  const parked = projections.command('parked').description('events that a read model could not apply');
  parked
    .command('list')
    .description('those that are parked, wait behind one, or were dropped, in the order of the log')
    .option('--json', 'as JSON, with stacks')
    .action(({ json }: { json?: boolean }) => withLedger('parked', (ledger) => list(ledger, json === true)));
  parked
    .command('retry')
    .description('try one again and, when that goes well, those that wait behind it')
    .argument('[id]', 'as the list shows it')
    .option('--all', 'every one that is parked')
    .action((id: string | undefined, { all }: { all?: boolean }) =>
      withLedger('parked', (ledger) => retry(ledger, id, all === true)),
    );
  parked
    .command('drop')
    .description('let the read model go on without one; it stays in the log')
    .argument('<id>', 'as the list shows it')
    .requiredOption('--reason <text>', 'why: it stands in the record for good')
    .action((id: string, { reason }: { reason: string }) => withLedger('parked', (ledger) => drop(ledger, id, reason)));
}

async function list(ledger: Ledger, json: boolean): Promise<void> {
  const events = await all(ledger, {});
  if (json) {
    const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
    process.stdout.write(`${JSON.stringify(events, asText, 2)}\n`);
    return;
  }
  if (events.length === 0) process.stdout.write('Nothing is parked.\n');
  for (const event of events) {
    const { parkedId, projection, state, eventType, stream, revision, position, attempts, lastAt } = event;
    const what = `${eventType} ${stream} @${revision}, position ${position}`;
    process.stdout.write(`${parkedId}  ${state.padEnd(7)}  ${projection.padEnd(16)}  ${what}\n`);
    if (state === 'parked') say(`${event.message} (${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, ${lastAt})`);
    if (event.dropped !== null) say(`dropped by ${event.dropped.by.name}: ${event.dropped.reason}`);
  }
}

async function retry(ledger: Ledger, id: string | undefined, everyOne: boolean): Promise<void> {
  if (everyOne === (id !== undefined)) throw new StartupError('Name one parked event by its id, or --all.');
  const ids = id === undefined ? (await all(ledger, { state: ['parked'] })).map(({ parkedId }) => parkedId) : [id];
  if (ids.length === 0) process.stdout.write('Nothing is parked.\n');
  let failed = 0;
  for (const one of ids) {
    const outcome = await ledger.parked.retry(idOf(one), CLI);
    tell(one, outcome, 'is applied');
    if (outcome.parked !== null) failed += 1;
  }
  if (failed > 0)
    throw new StartupError(`${failed} of ${ids.length} cannot go on. See storyledger projections parked list.`);
}

async function drop(ledger: Ledger, id: string, reason: string): Promise<void> {
  const text = reason.trim();
  if (text === '' || text.length > 1_000) throw new StartupError('--reason must have 1 to 1000 characters.');
  tell(id, await ledger.parked.drop(idOf(id), CLI, text), 'is dropped');
}

function tell(id: string, { applied, parked }: Unparking, done: string): void {
  const events = `${applied} ${applied === 1 ? 'event' : 'events'}`;
  if (parked === null) process.stdout.write(`${id} ${done}; ${events} applied, and nothing of the stream waits.\n`);
  else if (parked.parkedId === id) process.stdout.write(`${id} still cannot be applied: ${parked.message}\n`);
  else process.stdout.write(`${id} ${done}; ${events} applied, up to ${parked.parkedId}: ${parked.message}\n`);
}

async function all(ledger: Ledger, filter: Parameters<Ledger['parked']['list']>[0]): Promise<readonly ParkedEvent[]> {
  const events: ParkedEvent[] = [];
  for (let cursor: PageRequest['cursor'] = null, first = true; first || cursor !== null; first = false) {
    const page = await ledger.parked.list(filter, { limit: PAGE, cursor });
    events.push(...page.items);
    cursor = page.next;
  }
  return events;
}

function idOf(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new StartupError(`${text} is no id of a parked event. See storyledger projections parked list.`);
}

function say(line: string): void {
  process.stdout.write(`${' '.repeat(38)}${line}\n`);
}

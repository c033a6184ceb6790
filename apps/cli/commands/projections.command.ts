import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import type { Position } from '#event-store';
import { StartupError } from '#platform';
import { PROJECTIONS, type Projection, rebuild } from '#read-models';
import type { Ledger } from '../ledger.js';
import { withLedger } from '../with-ledger.js';

/** Events that a lag is counted to; a projection further behind is catching up, and how far is shown by its rate. */
const LAG_COUNTED = 10_000;

export function registerProjections(program: Command): void {
  const projections = program.command('projections').description('read models: where they are, and building them anew');
  projections
    .command('status')
    .description('position, lag and errors of each')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) => withLedger('projections', (ledger) => status(ledger, json === true)));
  projections
    .command('rebuild')
    .description('compute tables anew from the log, beside the old ones, and swap them')
    .argument('[name]', PROJECTIONS.map(({ name }) => name).join(', '))
    .option('--all', 'all of them')
    .action((name: string | undefined, { all }: { all?: boolean }) =>
      withLedger('projections', async (ledger) => {
        for (const projection of chosen(name, all === true)) await rebuildOne(ledger, projection);
      }),
    );
}

async function status(ledger: Ledger, json: boolean): Promise<void> {
  const head = await ledger.store.head();
  const statuses = await ledger.queries.projections();
  const lags = await lagsOf(ledger, new Set(statuses.map(({ position }) => position)));
  const rows = statuses.map((row) => ({ ...row, head, lag: lags.get(row.position) ?? 0 }));
  if (json) {
    const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
    process.stdout.write(`${JSON.stringify(rows, asText, 2)}\n`);
    return;
  }
  if (rows.length === 0) process.stdout.write('No projector has run yet. Start one with `storyledger up`.\n');
  for (const { projection, position, lag, eventsPerSecond, updatedAt, error } of rows) {
    const rate = eventsPerSecond === null ? 'no rate yet' : `${Math.round(eventsPerSecond)} events/s`;
    const behind = lag < LAG_COUNTED ? `${lag}` : `${LAG_COUNTED} or more`;
    process.stdout.write(`${projection.padEnd(16)} at ${position} of ${head}, lag ${behind}, ${rate}, ${updatedAt}\n`);
    if (error !== null) process.stdout.write(`${' '.repeat(17)}${error}\n`);
  }
}

/** In events. Projections mostly stand at the same position, which is counted from once. */
async function lagsOf({ store }: Ledger, positions: ReadonlySet<Position>): Promise<ReadonlyMap<Position, number>> {
  const lags = new Map<Position, number>();
  for (const after of positions) lags.set(after, await store.count({ after, atMost: LAG_COUNTED }));
  return lags;
}

function chosen(name: string | undefined, all: boolean): readonly Projection[] {
  if (all) return PROJECTIONS;
  const projection = PROJECTIONS.find((candidate) => candidate.name === name);
  if (projection !== undefined) return [projection];
  throw new StartupError(`Name one of ${PROJECTIONS.map((candidate) => candidate.name).join(', ')}, or --all.`);
}

async function rebuildOne({ store, openOwnerPool }: Ledger, projection: Projection): Promise<void> {
  const ownerPool = openOwnerPool();
  const bar = process.stdout.isTTY
    ? new SingleBar({ format: `${projection.name.padEnd(16)} {bar} {percentage}% | {eta_formatted} left` })
    : null;
  try {
    bar?.start(1, 0);
    await rebuild({
      store,
      ownerPool,
      projection,
      onProgress: (done, total) => {
        bar?.setTotal(Math.max(1, total));
        bar?.update(done);
      },
    });
  } finally {
    bar?.stop();
    await ownerPool.end();
  }
  process.stdout.write(`${projection.name} is rebuilt.\n`);
}

import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { AccessLog } from '#operations';
import { StartupError } from '#platform';
import {
  LAG_COUNTED,
  PROJECTIONS,
  type Projection,
  type ProjectionReport,
  projectionOverview,
  type RebuildStatus,
  rebuild,
} from '#read-models';
import type { Ledger } from '../ledger.js';
import { withLedger } from '../with-ledger.js';
import { registerParked } from './parked.command.js';

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
    .option('--anew', 'from the first event, also when an earlier rebuild was cut off')
    .action((name: string | undefined, { all, anew }: { all?: boolean; anew?: boolean }) =>
      withLedger('projections', async (ledger) => {
        for (const projection of chosen(name, all === true)) await rebuildOne(ledger, projection, anew === true);
      }),
    );
  registerParked(projections);
}

async function status(ledger: Ledger, json: boolean): Promise<void> {
  const { head, projections } = await projectionOverview(ledger);
  if (json) {
    const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
    const rows = projections.map((report) => ({ ...report, head }));
    process.stdout.write(`${JSON.stringify(rows, asText, 2)}\n`);
    return;
  }
  if (projections.every(({ state }) => state === 'not_started')) {
    process.stdout.write('No projector has run yet. Start one with `storyledger up`.\n');
  }
  for (const report of projections) {
    const { projection, position, lag, eventsPerSecond, updatedAt } = report;
    const rate = eventsPerSecond === null ? 'no rate yet' : `${Math.round(eventsPerSecond)} events/s`;
    const behind = lag < LAG_COUNTED ? `${lag}` : `${LAG_COUNTED} or more`;
    const at = updatedAt ?? 'not started';
    process.stdout.write(`${projection.padEnd(16)} at ${position} of ${head}, lag ${behind}, ${rate}, ${at}\n`);
    for (const line of remarks(report)) process.stdout.write(`${' '.repeat(17)}${line}\n`);
  }
}

function remarks({ error, parked, waiting, leaseOwner, rebuild }: ProjectionReport): readonly string[] {
  const held = `${parked} parked, ${waiting} waiting behind: see storyledger projections parked list`;
  return [
    leaseOwner === null ? 'no projector runs it now' : `run by ${leaseOwner}`,
    ...(error === null ? [] : [error]),
    ...(parked + waiting === 0 ? [] : [held]),
    ...(rebuild === null ? [] : [describe(rebuild)]),
  ];
}

function describe(rebuild: RebuildStatus): string {
  const { state, version, eventsDone, eventsTotal, secondsLeft, requestedByName, error } = rebuild;
  const done = `rebuild of version ${version} ${state}, ${eventsDone} of ${eventsTotal} events`;
  const left = secondsLeft === null ? '' : `, about ${secondsLeft} s left`;
  return `${done}${left}, asked for by ${requestedByName}${error === null ? '' : `: ${error}`}`;
}

function chosen(name: string | undefined, all: boolean): readonly Projection[] {
  if (all) return PROJECTIONS;
  const projection = PROJECTIONS.find((candidate) => candidate.name === name);
  if (projection !== undefined) return [projection];
  throw new StartupError(`Name one of ${PROJECTIONS.map((candidate) => candidate.name).join(', ')}, or --all.`);
}

async function rebuildOne(
  { store, pool, openOwnerPool }: Ledger,
  projection: Projection,
  anew: boolean,
): Promise<void> {
  const actor = { id: 'system:cli', name: 'Command line' };
  await new AccessLog(pool).record({ actor, action: 'rebuild.started', subject: `projection-${projection.name}` });
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
      anew,
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

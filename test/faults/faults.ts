import { setTimeout as delay } from 'node:timers/promises';
import type { SeededEvents } from '#event-store/testing';
import { databaseFaults } from './database-faults.js';
import { type Fault, onAnyMachine } from './fault.js';
import type { FaultProxy, Weather } from './fault-proxy.js';
import type { LedgerPart } from './ledger-part.js';

const AN_HOUR_BACK = -3_600;

const ofParts: readonly Fault[] = [
  onAnyMachine('api killed', ({ apis }, chance) => kill(some(apis, chance), chance)),
  onAnyMachine('api paused', ({ apis }, chance) => pause(some(apis, chance), 3_000, chance)),
  onAnyMachine('projector killed', ({ projectors }, chance) => kill(some(projectors, chance), chance)),
  // Longer than a lease, at times: the other takes over, and this one wakes.
  onAnyMachine('projector paused', ({ projectors }, chance) => pause(some(projectors, chance), 6_000, chance)),
];

const ofConnections: readonly Fault[] = [
  onAnyMachine('database connections cut', ({ postgres }, chance) =>
    under([postgres.proxy], { kind: 'cutting', bytes: () => 1 + chance.number(60_000) }, 3_000, chance),
  ),
  onAnyMachine('client connections cut', ({ apis }, chance) =>
    under(
      apis.map(({ proxy }) => proxy),
      { kind: 'cutting', bytes: () => 1 + chance.number(8_000) },
      3_000,
      chance,
    ),
  ),
  onAnyMachine('database slow', ({ postgres }, chance) =>
    under([postgres.proxy], { kind: 'slow', ms: () => chance.number(60) }, 4_000, chance),
  ),
];

export const FAULTS: readonly Fault[] = [
  ...ofParts,
  ...databaseFaults,
  ...ofConnections,
  {
    name: 'clock set back',
    missing: ({ clock }) => clock.missing,
    async strike({ clock }, chance) {
      const ms = 2_000 + chance.number(3_000);
      await clock.set(AN_HOUR_BACK);
      await delay(ms);
      await clock.set(0);
      return `of api 2 and projector 2 by an hour, and put right after ${ms} ms`;
    },
  },
  onAnyMachine('everything killed', async ({ postgres, apis, projectors }) => {
    const parts = [...apis, ...projectors];
    const children = await postgres.children();
    await Promise.all(parts.map((part) => part.kill()));
    for (const pid of [postgres.pid, ...children]) postgres.signal('SIGKILL', pid);
    await postgres.gone();
    // All at the same moment, so that the parts come before their database.
    await Promise.all([postgres.startAgain(), ...parts.map((part) => part.start())]);
    return `${parts.length} parts and ${children.length + 1} processes of the database`;
  }),
  onAnyMachine('two at once', async (ledger, chance) => {
    const two = [one(chance.number(2) === 0 ? ofParts : ofConnections, chance), one(databaseFaults, chance)];
    const done = await Promise.all(
      two.map(async (fault) => {
        const missing = fault.missing(ledger);
        return missing === null
          ? `${fault.name}: ${await fault.strike(ledger, chance)}`
          : `${fault.name}: NOT, needs ${missing}`;
      }),
    );
    return done.join('; ');
  }),
];

async function kill(parts: readonly LedgerPart[], chance: SeededEvents): Promise<string> {
  const ms = chance.number(500);
  await Promise.all(parts.map((part) => part.kill()));
  await delay(ms);
  await Promise.all(parts.map((part) => part.start()));
  return `${namesOf(parts)}, started ${ms} ms later`;
}

async function pause(parts: readonly LedgerPart[], mostMs: number, chance: SeededEvents): Promise<string> {
  const ms = 200 + chance.number(mostMs);
  for (const part of parts) part.signal('SIGSTOP');
  await delay(ms);
  for (const part of parts) part.signal('SIGCONT');
  return `${namesOf(parts)} for ${ms} ms`;
}

async function under(
  proxies: readonly FaultProxy[],
  weather: Weather,
  mostMs: number,
  chance: SeededEvents,
): Promise<string> {
  const ms = 500 + chance.number(mostMs);
  const cuts = () => proxies.reduce((sum, proxy) => sum + proxy.cuts, 0);
  const before = cuts();
  for (const proxy of proxies) proxy.turn(weather);
  await delay(ms);
  for (const proxy of proxies) proxy.clear();
  return weather.kind === 'cutting' ? `${cuts() - before} within ${ms} ms` : `for ${ms} ms`;
}

/** One of them, and all of them once in three times. */
function some(parts: readonly LedgerPart[], chance: SeededEvents): readonly LedgerPart[] {
  return chance.number(3) === 0 ? parts : [one(parts, chance)];
}

function one<Item>(items: readonly Item[], chance: SeededEvents): Item {
  const item = items[chance.number(items.length)];
  if (item === undefined) throw new Error('There is nothing to choose from.');
  return item;
}

function namesOf(parts: readonly LedgerPart[]): string {
  return parts.map(({ name }) => name).join(' and ');
}

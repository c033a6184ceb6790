import { setTimeout as delay } from 'node:timers/promises';
import type { SeededEvents } from '#event-store/testing';
import { eventually } from '../eventually.js';
import { type Fault, onAnyMachine } from './fault.js';
import type { PostgresUnderFault } from './postgres-under-fault.js';

const REFUSAL_MS = 60_000;

/** What happens to the processes and the disk of PostgreSQL itself. */
export const databaseFaults: readonly Fault[] = [
  fault('postmaster killed', (postgres) => end(postgres, 'SIGKILL')),
  fault('database restarted at once', (postgres) => end(postgres, 'SIGQUIT')),
  fault('database restarted in order', (postgres) => end(postgres, 'SIGINT')),
  fault('backend killed', async (postgres, chance) => {
    // The server ends all others too, and recovers as after a crash.
    const { pid, of } = await aBackend(postgres, chance);
    postgres.signal('SIGKILL', pid);
    await postgres.answers();
    return `one of ${of}`;
  }),
  fault('backend paused', async (postgres, chance) => {
    const ms = 500 + chance.number(6_000);
    // Half of the time one that appends, which may hold the lock that all appends wait for.
    const appends = chance.number(2) === 0;
    const { pid, of } = await aBackend(postgres, chance, appends ? ' append' : '');
    postgres.signal('SIGSTOP', pid);
    await delay(ms);
    postgres.signal('SIGCONT', pid);
    return `one of ${of}${appends ? ' that append' : ''} for ${ms} ms`;
  }),
  fault('database paused', async (postgres, chance) => {
    const ms = 500 + chance.number(4_000);
    // The postmaster first, so that it starts no more.
    postgres.signal('SIGSTOP');
    const children = await postgres.children();
    for (const pid of children) postgres.signal('SIGSTOP', pid);
    await delay(ms);
    for (const pid of children) postgres.signal('SIGCONT', pid);
    postgres.signal('SIGCONT');
    return `${children.length + 1} processes for ${ms} ms`;
  }),
  diskFull('disk full', async () => undefined),
  diskFull('disk full for the write-ahead log', (postgres) => postgres.needLog()),
];

function fault(name: string, strike: (postgres: PostgresUnderFault, chance: SeededEvents) => Promise<string>): Fault {
  return onAnyMachine(name, ({ postgres }, chance) => strike(postgres, chance));
}

/** Until the server has had to refuse something for want of room, and a while longer. */
function diskFull(name: string, need: (postgres: PostgresUnderFault) => Promise<void>): Fault {
  return {
    name,
    missing: ({ postgres }) => postgres.noDisk,
    async strike({ postgres }, chance) {
      const ms = 500 + chance.number(2_500);
      const before = await postgres.refusalsForRoom();
      await postgres.fillDisk();
      await need(postgres);
      await eventually(async () => (await postgres.refusalsForRoom()) > before || null, REFUSAL_MS);
      await delay(ms);
      const stayed = await postgres.isUp();
      const refusals = (await postgres.refusalsForRoom()) - before;
      await postgres.emptyDisk();
      await postgres.answers();
      return `refused ${refusals} times, ${ms} ms after the first the server ${stayed ? 'was up' : 'had ended'}`;
    },
  };
}

async function end(postgres: PostgresUnderFault, signal: NodeJS.Signals): Promise<string> {
  postgres.signal(signal);
  await postgres.gone();
  await postgres.startAgain();
  return signal;
}

/** One that serves a client whose name for itself ends so. */
async function aBackend(
  postgres: PostgresUnderFault,
  chance: SeededEvents,
  client = '',
): Promise<{ readonly pid: number; readonly of: number }> {
  const backends = await postgres.backends(client);
  const pid = backends[chance.number(backends.length)];
  if (pid === undefined) throw new Error('No backend serves such a client.');
  return { pid, of: backends.length };
}

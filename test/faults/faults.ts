import { setTimeout as delay } from 'node:timers/promises';
import type { SeededEvents } from '#event-store/testing';
import type { LedgerPart } from './ledger-part.js';
import type { LedgerUnderFault } from './ledger-under-fault.js';

/** Something that goes wrong, and comes right again. */
export interface Fault {
  readonly name: string;
  /** What of this machine is missing for it, in words; null when nothing is. */
  missing(ledger: LedgerUnderFault): string | null;
  /** Resolves once it is over, with what was done in words. All chances are taken before anything is done. */
  strike(ledger: LedgerUnderFault, chance: SeededEvents): Promise<string>;
}

const onAnyMachine = () => null;

export const FAULTS: readonly Fault[] = [
  { name: 'api killed', missing: onAnyMachine, strike: ({ apis }, chance) => killed(one(apis, chance), chance) },
];

async function killed(part: LedgerPart, chance: SeededEvents): Promise<string> {
  const ms = chance.number(500);
  await part.kill();
  await delay(ms);
  await part.start();
  return `${part.name} killed, started ${ms} ms later`;
}

function one<Item>(items: readonly Item[], chance: SeededEvents): Item {
  const item = items[chance.number(items.length)];
  if (item === undefined) throw new Error('There is nothing to choose from.');
  return item;
}

import { SeededEvents } from '#event-store/testing';
import { checkHistory } from './check-history.js';
import type { Fault } from './fault.js';
import { FAULTS } from './faults.js';
import type { Finding, History, Outcome } from './history.js';
import { LedgerUnderFault } from './ledger-under-fault.js';
import { PostgresUnderFault } from './postgres-under-fault.js';
import type { RoundReport } from './round-report.js';

/** After so many rounds on one ledger a new one is begun, so that reading all of its history stays quick. */
const ROUNDS_OF_A_LEDGER = 10;

export interface RoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** All when left out. */
  readonly faults?: readonly Fault[];
  readonly onRound: (report: RoundReport) => void;
  /** Ends it after the round under way. */
  readonly signal?: AbortSignal;
}

/** Which fault comes in which round: each comes once before any comes again. The same for the same seed. */
export function schedule(rounds: number, seed: number, faults: readonly Fault[] = FAULTS): readonly Fault[] {
  const chance = new SeededEvents(seed);
  const order: Fault[] = [];
  while (order.length < rounds) {
    const left = [...faults];
    while (left.length > 0) order.push(...left.splice(chance.number(left.length), 1));
  }
  return order.slice(0, rounds);
}

/** Lets a ledger endure one fault after the other, and checks its whole history after each. */
export async function runRounds({
  rounds,
  seed,
  faults,
  onRound,
  signal,
}: RoundsOptions): Promise<readonly RoundReport[]> {
  const reports: RoundReport[] = [];
  const postgres = await PostgresUnderFault.start();
  let ledger: LedgerUnderFault | null = null;
  try {
    for (const [index, fault] of schedule(rounds, seed, faults).entries()) {
      if (signal?.aborted) break;
      if (index % ROUNDS_OF_A_LEDGER === 0) {
        await ledger?.close();
        ledger = null;
      }
      ledger ??= await LedgerUnderFault.open(postgres);
      const report = await runRound(ledger, { round: index + 1, seed: seed * 1_009 + index * 31, fault });
      reports.push(report);
      onRound(report);
      if (report.findings.length > 0) {
        // The next round starts from what is sound.
        await postgres.answers();
        await ledger.close();
        ledger = null;
      }
    }
  } finally {
    await ledger?.close();
    await postgres.stop();
  }
  return reports;
}

async function runRound(
  ledger: LedgerUnderFault,
  { round, seed, fault }: { readonly round: number; readonly seed: number; readonly fault: Fault },
): Promise<RoundReport> {
  const begun = performance.now();
  const name = `r${round}`;
  const missing = fault.missing(ledger);
  if (missing !== null) return { ...NOTHING, round, fault: fault.name, detail: `needs ${missing}`, skipped: true };
  const chance = new SeededEvents(seed);
  let detail: string;
  let history: History;
  try {
    detail = await ledger.endure(name, seed, () => fault.strike(ledger, chance));
    history = await ledger.history();
  } catch (error) {
    // A hundred rounds are not given up for one that cannot be brought to its end.
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const findings: readonly Finding[] = [{ kind: 'not recovered', what }];
    return { ...NOTHING, round, fault: fault.name, detail: 'not over', skipped: false, findings };
  }
  return {
    round,
    fault: fault.name,
    detail,
    skipped: false,
    ...countsOf(history, name),
    events: history.log.length,
    findings: checkHistory(history),
    seconds: (performance.now() - begun) / 1_000,
  };
}

const NOTHING = { acknowledged: 0, unknown: 0, refused: 0, events: 0, findings: [], seconds: 0 } as const;

/** Writes of the round by what their clients know of them in the end. */
function countsOf({ writes }: History, round: string): Record<Outcome['kind'], number> {
  const counts = { acknowledged: 0, unknown: 0, refused: 0 };
  for (const { client, tries } of writes) {
    if (!client.startsWith(`${round}-`)) continue;
    const kinds = new Set(tries.map(({ outcome }) => outcome.kind));
    counts[kinds.has('acknowledged') ? 'acknowledged' : kinds.has('unknown') ? 'unknown' : 'refused'] += 1;
  }
  return counts;
}

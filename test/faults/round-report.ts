import type { Finding } from './history.js';

export interface RoundReport {
  /** From 1. */
  readonly round: number;
  readonly fault: string;
  /** What was done; when it was skipped, what it needs. */
  readonly detail: string;
  readonly skipped: boolean;
  readonly acknowledged: number;
  readonly unknown: number;
  readonly refused: number;
  /** Of the whole history of the ledger. */
  readonly events: number;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

const FINDINGS_SHOWN = 20;

/** One line, and one more for each finding. */
export function roundLines(report: RoundReport): string {
  const { round, fault, detail, skipped, acknowledged, unknown, refused, findings, seconds } = report;
  const number = String(round).padStart(4);
  if (skipped) return `${number}  ${fault}: SKIPPED, it ${detail}\n`;
  const verdict = findings.length === 0 ? 'nothing found' : `${findings.length} FOUND`;
  const counts = `${acknowledged} acknowledged, ${unknown} unknown, ${refused} refused`;
  return [
    `${number}  ${fault} (${detail}): ${counts}; ${verdict}; ${seconds.toFixed(1)} s\n`,
    ...findings.slice(0, FINDINGS_SHOWN).map(({ kind, what }) => `        ${kind}: ${what}\n`),
  ].join('');
}

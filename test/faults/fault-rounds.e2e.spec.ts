import { describe, expect, it } from 'vitest';
import { runRounds, schedule } from './fault-rounds.js';
import { type RoundReport, roundLines } from './round-report.js';

/** Its first rounds: the disk full, connections cut, an API killed, a projector paused. */
const SEED = 267;
const ROUNDS = 4;

/** A few rounds of what `npm run test:fault` does by the hundred. */
describe('a ledger whose processes fail while clients work', () => {
  it('keeps every promise', async () => {
    const onRound = (report: RoundReport) => process.stdout.write(roundLines(report));
    const reports = await runRounds({ rounds: ROUNDS, seed: SEED, onRound });
    expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
    expect(reports.filter(({ skipped }) => !skipped)).not.toEqual([]);
  }, 1_800_000);
});

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    const names = (seed: number) => schedule(20, seed, LETTERS).map(({ name }) => name);
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
  });

  it('has each fault once before any comes again', () => {
    const order = schedule(LETTERS.length * 2, SEED, LETTERS);
    expect(new Set(order.slice(0, LETTERS.length)).size).toBe(LETTERS.length);
    expect(new Set(order.slice(LETTERS.length)).size).toBe(LETTERS.length);
  });
});

const LETTERS = [...'abcdefgh'].map((name) => ({ name, missing: () => null, strike: async () => name }));

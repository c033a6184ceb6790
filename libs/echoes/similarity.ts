import { ratio } from 'fuzzball';

/** Longer texts are compared by their beginnings, which bounds the cost. */
const COMPARED = 1_000;

/** From 0 to 1: how much of two texts is the same, by the edits that lead from one to the other. */
export function similarity(a: string, b: string): number {
  return ratio(a.slice(0, COMPARED), b.slice(0, COMPARED), { full_process: false }) / 100;
}

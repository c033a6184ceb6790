const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];
const STEPS = [
  ...[1, 5, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count * DAY),
];
const MOST_TICKS = 5;

/** Marks of an axis of durations, in seconds from 0, at lengths that people name; the last one is no shorter than the longest. */
export function spanTicks(longest: number): readonly number[] {
  const step = STEPS.find((one) => longest <= one * MOST_TICKS) ?? 1_000 * DAY;
  const count = Math.max(1, Math.ceil(longest / step));
  return Array.from({ length: count + 1 }, (_, n) => n * step);
}

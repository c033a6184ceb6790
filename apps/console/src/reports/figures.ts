import type { Durations } from '../api/types.js';
import { spanText } from '../moments/span.js';

export function shareText(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toLocaleString(undefined, { maximumFractionDigits: 1 })} %`;
}

/** Median with the quarters around it, and what it rests on. */
export function durationsText({ cases, median, p25, p75, p90 }: Durations): string {
  if (cases === 0) return '–';
  return `${spanText(median)} (quarters ${spanText(p25)} and ${spanText(p75)}, nine in ten ${spanText(p90)}; ${cases})`;
}

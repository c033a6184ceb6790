import { BEFORE_FIRST } from '#event-store';
import { checkReaders, checkReads } from './check-readers.js';
import { checkWrites } from './check-writes.js';
import type { Finding, History, LogEvent, ReadModelRows } from './history.js';

/**
 * Everything in a history that breaks a promise, each named; nothing when all were kept. Pure: the same history gives
 * the same findings.
 */
export function checkHistory(history: History): readonly Finding[] {
  return [
    ...checkLog(history.log),
    ...checkWrites(history.writes, history.log),
    ...checkReads(history.reads, history.log),
    ...history.readers.flatMap((reader) => checkReaders(reader, history.log)),
    ...history.readModels.flatMap(checkReadModel),
    ...history.parked.map((what): Finding => ({ kind: 'event parked', what })),
    ...history.notRecovered.map((what): Finding => ({ kind: 'not recovered', what })),
  ];
}

/** Positions count from 0 without a gap, and so do the revisions of each stream; nothing is dated before what stands before it. */
function checkLog(log: readonly LogEvent[]): Finding[] {
  const findings: Finding[] = [];
  const ends = new Map<string, bigint>();
  let last = BEFORE_FIRST;
  let lastAt = '';
  for (const { id, position, stream, revision, recordedAt } of log) {
    if (position !== last + 1n) {
      findings.push({ kind: 'gap in the log', what: `position ${position} (${id}) follows ${last}` });
    }
    last = position;
    if (recordedAt < lastAt) {
      findings.push({
        kind: 'time went back',
        what: `${position} (${id}) is of ${recordedAt}, and the one before it of ${lastAt}`,
      });
    }
    lastAt = recordedAt;
    const before = ends.get(stream) ?? -1n;
    if (revision !== before + 1n) {
      findings.push({ kind: 'gap in a stream', what: `${stream}: revision ${revision} (${id}) follows ${before}` });
    }
    ends.set(stream, revision);
  }
  return findings;
}

function checkReadModel({ name, live, rebuilt }: ReadModelRows): Finding[] {
  const onlyLive = firstOnlyIn(live, rebuilt);
  const onlyRebuilt = firstOnlyIn(rebuilt, live);
  if (onlyLive === null && onlyRebuilt === null && live.length === rebuilt.length) return [];
  const what = `${name}: ${live.length} rows live, ${rebuilt.length} rebuilt; only live: ${onlyLive}; only rebuilt: ${onlyRebuilt}`;
  return [{ kind: 'read model differs', what }];
}

function firstOnlyIn(rows: readonly string[], others: readonly string[]): string | null {
  const there = new Set(others);
  return rows.find((row) => !there.has(row)) ?? null;
}

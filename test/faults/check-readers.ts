import type { Revision } from '#event-store';
import { type Finding, grouped, type LogEvent, type Read, type Reader } from './history.js';

/** Every reader is told of just the log, in its order, from where it began to the end. */
export function checkReaders({ name, from, seen }: Reader, log: readonly LogEvent[]): Finding[] {
  const findings: Finding[] = [];
  const held = new Map(log.map(({ id, position }) => [id, position]));
  const told = new Set<string>();
  let last = from;
  for (const { id, position } of seen) {
    const what = `${name}: ${id} at ${position}`;
    if (held.get(id) !== position) {
      findings.push({
        kind: 'reader told of nothing',
        what: `${what}, where the log has ${held.get(id) ?? 'no such event'}`,
      });
    } else if (told.has(id)) findings.push({ kind: 'reader told twice', what });
    else if (position <= last) findings.push({ kind: 'reader out of order', what: `${what}, after ${last}` });
    else last = position;
    told.add(id);
  }
  const missed = log.filter(({ id, position }) => position > from && !told.has(id));
  if (missed.length > 0) {
    const [first] = missed;
    findings.push({
      kind: 'reader missed',
      what: `${name}: ${missed.length} events, the first ${first?.id} at ${first?.position}`,
    });
  }
  return findings;
}

/** A read that waits for a position shows the thread at least as it was there. */
export function checkReads(reads: readonly Read[], log: readonly LogEvent[]): Finding[] {
  const streams = grouped(log, ({ stream }) => stream);
  return reads.flatMap(({ client, stream, after, shown }): Finding[] => {
    const due = (streams.get(stream) ?? []).reduce<Revision>(
      (revision, event) => (event.position <= after && event.revision > revision ? event.revision : revision),
      -1n,
    );
    const what = `${client} read ${stream} after ${after} and was shown revision ${shown}, not ${due}`;
    return shown < due ? [{ kind: 'stale read', what }] : [];
  });
}

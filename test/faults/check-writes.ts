import { type Acknowledgement, type Finding, grouped, type LogEvent, type Write } from './history.js';

/**
 * What was acknowledged is there as it was sent, what is not known is there once or not at all, what was refused is not
 * there, and nothing is there that nobody sent.
 */
export function checkWrites(writes: readonly Write[], log: readonly LogEvent[]): Finding[] {
  const held = grouped(log, ({ mark }) => mark);
  const sent = new Set(writes.map(({ mark }) => mark));
  const unsent = log.filter(({ mark }) => mark !== null && !sent.has(mark));
  return [
    ...writes.flatMap((write) => checkWrite(write, held.get(write.mark) ?? [])),
    ...unsent.map(({ mark, position }): Finding => ({ kind: 'unsent event', what: `${mark} at ${position}` })),
    ...checkUpdates(writes, held),
    ...checkOrder(writes, held),
  ];
}

function checkWrite(write: Write, events: readonly LogEvent[]): Finding[] {
  const acknowledged = acknowledgementsOf(write);
  const who = `${write.mark} of ${write.client}`;
  if (events.length === 0) return acknowledged.length > 0 ? [{ kind: 'lost write', what: who }] : [];
  const where = `${who}, at ${events.map(({ position }) => position).join(', ')}`;
  const expected = write.contents.length;
  if (events.length > expected) {
    // Twice the same is a retry that was carried out again.
    return [{ kind: 'doubled write', what: `${where}: ${events.length} events of ${expected}` }];
  }
  if (events.length < expected || !areNeighbours(events)) {
    return [{ kind: 'torn write', what: `${where}: ${events.length} events of ${expected}` }];
  }
  const findings: Finding[] = [];
  const altered = events.findIndex(({ content }, n) => content !== write.contents[n]);
  if (altered >= 0) {
    const what = `${where}: sent ${write.contents[altered]}, holds ${events[altered]?.content}`;
    findings.push({ kind: 'altered write', what });
  }
  if (write.tries.every(({ outcome }) => outcome.kind === 'refused')) {
    findings.push({ kind: 'refused write done', what: where });
  }
  return [...findings, ...checkReceipts(acknowledged, events, where)];
}

function checkReceipts(
  acknowledged: readonly Acknowledgement[],
  events: readonly LogEvent[],
  where: string,
): Finding[] {
  const [last] = events.slice(-1);
  const findings: Finding[] = [];
  const receipts = acknowledged.flatMap(({ at }) => (at === null ? [] : [at]));
  for (const { stream } of acknowledged) {
    if (stream !== last?.stream) findings.push({ kind: 'wrong receipt', what: `${where}: said to be in ${stream}` });
  }
  for (const { revision, position } of receipts) {
    if (last !== undefined && revision === last.revision && position >= last.position) continue;
    findings.push({ kind: 'wrong receipt', what: `${where}: said to be revision ${revision}, position ${position}` });
  }
  if (new Set(receipts.map(({ revision, position }) => `${revision} ${position}`)).size > 1) {
    findings.push({ kind: 'two answers under one key', what: where });
  }
  return findings;
}

/** Of what is there, all that names what it is built on follows just that; no two acknowledged ones follow the same. */
function checkUpdates(writes: readonly Write[], held: ReadonlyMap<string | null, readonly LogEvent[]>): Finding[] {
  const findings: Finding[] = [];
  const built = new Map<string, Write>();
  for (const write of writes) {
    const { builtOn, mark, client } = write;
    if (builtOn === null) continue;
    const [event] = held.get(mark) ?? [];
    if (event !== undefined && event.revision !== builtOn + 1n) {
      const what = `${mark} of ${client} was built on revision ${builtOn} of ${event.stream}, and stands at ${event.revision}`;
      findings.push({ kind: 'lost update', what });
    }
    const [acknowledgement] = acknowledgementsOf(write);
    if (acknowledgement === undefined) continue;
    const base = `revision ${builtOn} of ${acknowledgement.stream}`;
    const other = built.get(base);
    if (other !== undefined) {
      findings.push({ kind: 'lost update', what: `${other.mark} and ${mark} were both built on ${base}` });
    }
    built.set(base, write);
  }
  return findings;
}

/** A write that began after another had been acknowledged stands behind it. */
function checkOrder(writes: readonly Write[], held: ReadonlyMap<string | null, readonly LogEvent[]>): Finding[] {
  const placed = writes.flatMap((write) => {
    const [event] = held.get(write.mark) ?? [];
    const [first] = write.tries;
    const ended = write.tries.find(({ outcome }) => outcome.kind === 'acknowledged')?.ended;
    return event === undefined || first === undefined
      ? []
      : [{ write, position: event.position, begun: first.begun, ended: ended ?? Number.POSITIVE_INFINITY }];
  });
  const byEnd = placed.toSorted((left, right) => left.ended - right.ended);
  const findings: Finding[] = [];
  let next = 0;
  let furthest: (typeof placed)[number] | null = null;
  for (const one of placed.toSorted((left, right) => left.begun - right.begun)) {
    for (let ended = byEnd[next]; ended !== undefined && ended.ended < one.begun; ended = byEnd[++next]) {
      if (furthest === null || ended.position > furthest.position) furthest = ended;
    }
    if (furthest !== null && furthest.position > one.position) {
      const what = `${one.write.mark} at ${one.position} began after ${furthest.write.mark} was acknowledged at ${furthest.position}`;
      findings.push({ kind: 'order against time', what });
    }
  }
  return findings;
}

function acknowledgementsOf({ tries }: Write): readonly Acknowledgement[] {
  return tries.flatMap(({ outcome }) => (outcome.kind === 'acknowledged' ? [outcome] : []));
}

function areNeighbours(events: readonly LogEvent[]): boolean {
  return events.every(
    ({ stream, revision }, n) => n === 0 || (stream === events[0]?.stream && revision === events[n - 1]!.revision + 1n),
  );
}

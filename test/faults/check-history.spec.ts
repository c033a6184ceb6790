import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededEvents } from '#event-store/testing';
import { checkHistory } from './check-history.js';
import type { Acknowledgement, FindingKind, History, LogEvent, Outcome, Write } from './history.js';

/** Histories as a faultless ledger would leave them, for errors to be planted in. */
type Draft = { -readonly [Part in keyof History]: Mutable<History[Part][number]>[] };
const RECORDED_AT = '2026-01-01T00:00:00.000Z';
type Mutable<Of> = { -readonly [Key in keyof Of]: Of[Key] };

const UNKNOWN: Outcome = { kind: 'unknown', why: 'cut' };

/** Some writes of three clients, of each outcome, in two streams; two readers and the reads of the writers. */
function soundHistory(seed: number, size = 40): Draft {
  const chance = new SeededEvents(seed);
  const draft: Draft = { writes: [], reads: [], log: [], readers: [], readModels: [], parked: [], notRecovered: [] };
  const streams = ['thread-a', 'thread-b'];
  const headOf = (stream: string) => draft.log.filter((event) => event.stream === stream).length - 1;
  let step = 0;
  for (let n = 0; n < size; n++) {
    const stream = streams[chance.number(2)]!;
    const client = `client ${chance.number(3)}`;
    const mark = `w${n}`;
    const kind =
      n < 8
        ? 'acknowledged'
        : ['acknowledged', 'acknowledged', 'refused', 'unknown', 'unknown and done'][chance.number(5)];
    const contents = chance.number(4) === 0 ? [`${mark} first`, `${mark} second`] : [`${mark} only`];
    const builtOn = chance.number(2) === 0 ? BigInt(headOf(stream)) : null;
    if (kind === 'acknowledged' || kind === 'unknown and done') {
      for (const content of contents) {
        const position = BigInt(draft.log.length);
        draft.log.push({
          id: `e${position}`,
          position,
          stream,
          revision: BigInt(headOf(stream) + 1),
          mark,
          content,
          recordedAt: RECORDED_AT,
        });
      }
    }
    const at = { revision: BigInt(headOf(stream)), position: BigInt(draft.log.length - 1) };
    const acknowledged: Outcome = { kind: 'acknowledged', stream, at };
    const again: Outcome = { kind: 'acknowledged', stream, at: null };
    const outcomes: Record<string, readonly Outcome[]> = {
      acknowledged: chance.number(4) === 0 ? [UNKNOWN, again, again] : [acknowledged],
      refused: [{ kind: 'refused', code: 'precondition_failed' }],
      unknown: [UNKNOWN],
      'unknown and done': [UNKNOWN, UNKNOWN],
    };
    const tries = outcomes[kind!]!.map((outcome) => ({ begun: step++, ended: step++, outcome }));
    draft.writes.push({ client, mark, contents, builtOn, tries });
    if (kind === 'acknowledged') draft.reads.push({ client, stream, after: at.position, shown: at.revision });
  }
  const seen = draft.log.map(({ id, position }) => ({ id, position }));
  draft.readers = [
    { name: 'subscriber', from: -1n, seen },
    { name: 'feed', from: 3n, seen: seen.slice(4) },
  ];
  draft.readModels = [{ name: 'claim', live: ['a', 'b'], rebuilt: ['a', 'b'] }];
  return draft;
}

/** As if the log had never had it: everything behind it moves up. */
function withoutEvent(history: Draft, lost: LogEvent): void {
  const moved = (at: bigint) => (at > lost.position ? at - 1n : at);
  const inStream = (stream: string, revision: bigint) =>
    stream === lost.stream && revision > lost.revision ? revision - 1n : revision;
  history.log = history.log
    .filter((event) => event !== lost)
    .map((event) => ({ ...event, position: moved(event.position), revision: inStream(event.stream, event.revision) }));
  history.readers = history.readers.map((reader) => ({
    ...reader,
    from: moved(reader.from),
    seen: reader.seen.filter(({ id }) => id !== lost.id).map(({ id, position }) => ({ id, position: moved(position) })),
  }));
  history.reads = history.reads.map((read) => ({
    ...read,
    shown: inStream(read.stream, read.shown),
    after: moved(read.after),
  }));
  history.writes = history.writes.map((write) => ({
    ...write,
    // What was built on the lost one is built on the one before it.
    builtOn: write.builtOn === null ? null : inStream(streamOf(history, write), write.builtOn + 1n) - 1n,
    tries: write.tries.map((one) =>
      one.outcome.kind === 'acknowledged' && one.outcome.at !== null
        ? {
            ...one,
            outcome: {
              ...one.outcome,
              at: {
                revision: inStream(one.outcome.stream, one.outcome.at.revision),
                position: moved(one.outcome.at.position),
              },
            },
          }
        : one,
    ),
  }));
}

function streamOf({ log }: Draft, { mark }: Write): string {
  return log.find((event) => event.mark === mark)?.stream ?? '';
}

/** At the end of the log, where it moves nothing; the subscribers hear of it. */
function append(history: Draft, event: Partial<LogEvent> & Pick<LogEvent, 'stream'>): LogEvent {
  const position = BigInt(history.log.length);
  const revision = BigInt(history.log.filter(({ stream }) => stream === event.stream).length);
  const next = { id: `e${position}`, position, revision, mark: null, content: '', recordedAt: RECORDED_AT };
  const added = { ...next, ...event };
  history.log.push(added);
  history.readers = history.readers.map((reader) => ({ ...reader, seen: [...reader.seen, added] }));
  return added;
}

function repeat(history: Draft, { stream, mark, content }: LogEvent): void {
  append(history, { stream, mark, content });
}

function write(history: Draft, change: Partial<Write> & Pick<Write, 'mark' | 'contents'>, outcome: Outcome): void {
  const step = Math.max(...history.writes.flatMap(({ tries }) => tries.map(({ ended }) => ended))) + 1;
  const tries = [{ begun: step, ended: step + 1, outcome }];
  history.writes.push({ client: 'client 9', builtOn: null, tries, ...change });
}

/** Acknowledged by its first try, with one event. */
function simpleWrite(history: Draft): {
  readonly write: Mutable<Write>;
  readonly event: LogEvent;
  readonly answer: Acknowledgement;
} {
  for (const one of history.writes) {
    const [first] = one.tries;
    if (one.contents.length > 1 || first?.outcome.kind !== 'acknowledged' || one.builtOn !== null) continue;
    const event = history.log.find(({ mark }) => mark === one.mark);
    if (event !== undefined) return { write: one, event, answer: first.outcome };
  }
  throw new Error('The history has no simple write.');
}

const SEED = 11;
const ERRORS: readonly (readonly [FindingKind, string, (history: Draft) => void])[] = [
  [
    'lost write',
    'an acknowledged write that is not there',
    (history) => withoutEvent(history, simpleWrite(history).event),
  ],
  [
    'altered write',
    'other words than were sent',
    (history) => {
      const { event } = simpleWrite(history);
      history.log = history.log.map((one) => (one === event ? { ...one, content: 'other words' } : one));
    },
  ],
  ['doubled write', 'an acknowledged write twice', (history) => repeat(history, simpleWrite(history).event)],
  [
    'doubled write',
    'an unknown write twice',
    (history) => {
      write(history, { mark: 'x', contents: ['x'] }, UNKNOWN);
      append(history, { stream: 'thread-a', mark: 'x', content: 'x' });
      append(history, { stream: 'thread-a', mark: 'x', content: 'x' });
    },
  ],
  [
    'torn write',
    'half of a write',
    (history) => {
      write(history, { mark: 'x', contents: ['one', 'two'] }, UNKNOWN);
      append(history, { stream: 'thread-a', mark: 'x', content: 'one' });
    },
  ],
  [
    'torn write',
    'a stranger in the middle of a write',
    (history) => {
      write(history, { mark: 'x', contents: ['one', 'two'] }, UNKNOWN);
      append(history, { stream: 'thread-a', mark: 'x', content: 'one' });
      append(history, { stream: 'thread-a' });
      append(history, { stream: 'thread-a', mark: 'x', content: 'two' });
    },
  ],
  [
    'refused write done',
    'what was refused',
    (history) => {
      write(history, { mark: 'x', contents: ['x'] }, { kind: 'refused', code: 'thread_closed' });
      append(history, { stream: 'thread-a', mark: 'x', content: 'x' });
    },
  ],
  ['unsent event', 'what nobody sent', (history) => append(history, { stream: 'thread-a', mark: 'x', content: 'x' })],
  [
    'wrong receipt',
    'another revision than was acknowledged',
    (history) => {
      const { write: one, answer } = simpleWrite(history);
      const at = { ...answer.at!, revision: answer.at!.revision + 1n };
      one.tries = [{ ...one.tries[0]!, outcome: { ...answer, at } }];
    },
  ],
  [
    'wrong receipt',
    'a position before the event itself',
    (history) => {
      const { write: one, answer, event } = simpleWrite(history);
      one.tries = [{ ...one.tries[0]!, outcome: { ...answer, at: { ...answer.at!, position: event.position - 1n } } }];
    },
  ],
  [
    'two answers under one key',
    'a retry that is answered otherwise',
    (history) => {
      const { write: one, answer } = simpleWrite(history);
      const [first] = one.tries;
      const other = { ...answer, at: { ...answer.at!, position: answer.at!.position + 1n } };
      one.tries = [first!, { ...first!, outcome: other }];
    },
  ],
  [
    'lost update',
    'two acknowledged writes on one revision',
    (history) => {
      const { write: one, event } = simpleWrite(history);
      one.builtOn = event.revision - 1n;
      const again: Outcome = { kind: 'acknowledged', stream: event.stream, at: null };
      write(history, { mark: 'x', contents: ['x'], builtOn: one.builtOn }, again);
      const late = append(history, { stream: event.stream, mark: 'x', content: 'x' });
      // The other way to find it, that it does not stand where it was built, would be found as well.
      expect(late.revision).toBeGreaterThan(event.revision);
    },
  ],
  [
    'lost update',
    'a write that stands elsewhere than it was built',
    (history) => {
      const { write: one, event } = simpleWrite(history);
      one.builtOn = event.revision - 2n;
    },
  ],
  ['gap in a stream', 'a revision left out', (history) => append(history, { stream: 'thread-c', revision: 1n })],
  [
    'gap in the log',
    'a position left out',
    (history) => append(history, { stream: 'thread-c', position: BigInt(history.log.length + 1) }),
  ],
  [
    'time went back',
    'an event dated before the one before it',
    (history) => append(history, { stream: 'thread-a', recordedAt: '2025-12-31T23:59:59.999Z' }),
  ],
  [
    'order against time',
    'a write before one that had ended before it began',
    (history) => {
      write(history, { mark: 'y', contents: ['y'] }, { kind: 'acknowledged', stream: 'thread-a', at: null });
      write(history, { mark: 'x', contents: ['x'] }, { kind: 'acknowledged', stream: 'thread-a', at: null });
      append(history, { stream: 'thread-a', mark: 'x', content: 'x' });
      append(history, { stream: 'thread-a', mark: 'y', content: 'y' });
    },
  ],
  [
    'reader missed',
    'an event that a reader was not told of',
    (history) => {
      const [subscriber] = history.readers;
      subscriber!.seen = subscriber!.seen.filter((_, n) => n !== 5);
    },
  ],
  [
    'reader missed',
    'the end of the log',
    (history) => {
      const [subscriber] = history.readers;
      subscriber!.seen = subscriber!.seen.slice(0, -1);
    },
  ],
  [
    'reader told twice',
    'an event that a reader was told of twice',
    (history) => {
      const [subscriber] = history.readers;
      subscriber!.seen = subscriber!.seen.flatMap((event, n) => (n === 5 ? [event, event] : [event]));
    },
  ],
  [
    'reader out of order',
    'two events the wrong way round for one reader',
    (history) => {
      const [subscriber] = history.readers;
      const seen = [...subscriber!.seen];
      [seen[5], seen[6]] = [seen[6]!, seen[5]!];
      subscriber!.seen = seen;
    },
  ],
  [
    'reader told of nothing',
    'an event that the log does not hold',
    (history) => {
      const [subscriber] = history.readers;
      subscriber!.seen = [...subscriber!.seen, { id: 'ghost', position: BigInt(history.log.length) }];
    },
  ],
  [
    'stale read',
    'a read that does not show what it waited for',
    (history) => {
      history.reads = history.reads.map((read, n) => (n === 3 ? { ...read, shown: read.shown - 1n } : read));
    },
  ],
  [
    'stale read',
    'a read that finds no thread',
    (history) => {
      history.reads = history.reads.map((read, n) => (n === 3 ? { ...read, shown: -1n } : read));
    },
  ],
  [
    'read model differs',
    'a row that a rebuild makes otherwise',
    (history) => {
      history.readModels = [{ name: 'claim', live: ['a', 'b'], rebuilt: ['a', 'c'] }];
    },
  ],
  [
    'read model differs',
    'a row twice',
    (history) => {
      history.readModels = [{ name: 'claim', live: ['a', 'a'], rebuilt: ['a'] }];
    },
  ],
  [
    'not recovered',
    'what did not come back',
    (history) => {
      history.notRecovered = ['api 1 ended'];
    },
  ],
  [
    'event parked',
    'an event that a projection would not apply',
    (history) => {
      history.parked = ['claim: e5'];
    },
  ],
];

describe('the check of a history', () => {
  it('finds nothing where every promise was kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        expect(checkHistory(soundHistory(seed))).toEqual([]);
      }),
    );
  });

  it('is of histories that have every outcome in them', () => {
    const { writes, log } = soundHistory(SEED);
    const last = writes.map(({ tries }) => tries.at(-1)?.outcome.kind);
    expect(new Set(last)).toEqual(new Set(['acknowledged', 'refused', 'unknown']));
    expect(writes.some(({ contents, builtOn }) => contents.length > 1 && builtOn !== null)).toBe(true);
    expect(log.length).toBeGreaterThan(30);
  });

  it.each(ERRORS)('names a %s: %s', (kind, _, plant) => {
    const history = soundHistory(SEED);
    plant(history);
    const kinds = new Set(checkHistory(history).map((finding) => finding.kind));
    expect(kinds).toEqual(new Set([kind]));
  });

  it('names what it is about', () => {
    const history = soundHistory(SEED);
    const { write: one, event } = simpleWrite(history);
    repeat(history, event);
    expect(checkHistory(history)).toEqual([
      {
        kind: 'doubled write',
        what: `${one.mark} of ${one.client}, at ${event.position}, ${history.log.length - 1}: 2 events of 1`,
      },
    ]);
  });
});

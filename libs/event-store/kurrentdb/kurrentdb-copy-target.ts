import { WrongExpectedVersionError } from '@kurrent/kurrentdb-client';
import type { EventStore, RawEvent } from '../event-store.js';
import { LedgerCopyTarget, LedgersDiffer } from '../ledger-copy.js';
import { Connection } from './connection.js';
import { encodeCopy } from './recorded-event.js';

/** Events in one append: neighbours in the log that are neighbours in their stream. */
const MOST_TOGETHER = 200;

/** One append after the other, so that the order of the log is kept across streams. */
export class KurrentDbCopyTarget extends LedgerCopyTarget {
  private readonly connection: Connection;

  constructor(
    readonly store: EventStore,
    url: string,
  ) {
    super();
    this.connection = new Connection(url);
  }

  async write(events: readonly RawEvent[]): Promise<void> {
    for (const run of runsOf(events)) await this.append(run);
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** At the exact revision, where a repetition of the same ids is recognised. */
  private async append(run: readonly RawEvent[]): Promise<void> {
    const [first] = run;
    if (first === undefined) return;
    const { stream, revision } = first;
    const events = run.map(encodeCopy);
    const { answerMs } = this.connection.limits;
    try {
      await this.connection.persistently(() =>
        this.connection.ask((client) =>
          client.appendToStream(stream, events, {
            streamState: revision === 0n ? 'no_stream' : revision - 1n,
            requiresLeader: true,
            deadline: answerMs,
          }),
        ),
      );
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      throw new LedgersDiffer(`Somebody else writes to the target: ${stream} has more than was copied into it.`);
    }
  }
}

function* runsOf(events: readonly RawEvent[]): Iterable<readonly RawEvent[]> {
  let run: RawEvent[] = [];
  for (const event of events) {
    if (run.length === MOST_TOGETHER || (run[0] !== undefined && run[0].stream !== event.stream)) {
      yield run;
      run = [];
    }
    run.push(event);
  }
  yield run;
}

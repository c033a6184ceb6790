import type { ExpectedRevision, Revision } from './event-store.js';

/** The stream is not where the append expected it. */
export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  readonly code = 'wrong_expected_revision';

  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** -1n: the stream has no event. */
    readonly actual: Revision,
  ) {
    super(`Stream ${stream} is at revision ${actual}, not ${expected}. Read it again and decide anew.`);
  }
}

/** The store cannot answer now. Whether an append took effect is unknown: retry it with the same event ids. */
export class EventStoreUnavailable extends Error {
  override readonly name = 'EventStoreUnavailable';
  readonly code = 'event_store_unavailable';
}

/** A stored or new event has a type or schema version that this build does not know. */
export class UnknownEventType extends Error {
  override readonly name = 'UnknownEventType';
  readonly code = 'unknown_event_type';

  constructor(
    readonly type: string,
    readonly schemaVersion: number,
  ) {
    super(`Event type ${type} v${schemaVersion} is unknown to this build. Run a newer version of Storyledger.`);
  }
}

/** An event id is already taken by another event: ids may be repeated only to retry the very same append. */
export class EventIdReused extends Error {
  override readonly name = 'EventIdReused';
  readonly code = 'event_id_reused';

  constructor(readonly stream: string) {
    super(`An event id appended to ${stream} already belongs to another event. Make new ids for new events.`);
  }
}

/** An event's data does not have the shape of its type and version. */
export class CorruptEvent extends Error {
  override readonly name = 'CorruptEvent';
  readonly code = 'corrupt_event';

  constructor(type: string, schemaVersion: number, what: string) {
    super(`Event ${type} v${schemaVersion} cannot be used: ${what}.`);
  }
}

import {
  AccessDeniedError,
  AppendRecordSizeExceededError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  TransactionMaxSizeExceededError,
  UnsupportedError,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import {
  CorruptEvent,
  EventIdReused,
  EventStoreUnavailable,
  UnknownEventType,
  WrongExpectedRevision,
} from '../errors.js';

/** No answer within the time that we give; the client itself waits for ever. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(ms: number) {
    super(`The server did not answer within ${ms} ms.`);
  }
}

/** What the server or we have decided and would decide again. */
const DECIDED = [
  CorruptEvent,
  EventIdReused,
  EventStoreUnavailable,
  UnknownEventType,
  WrongExpectedRevision,
  AccessDeniedError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  AppendRecordSizeExceededError,
  TransactionMaxSizeExceededError,
  StreamDeletedError,
  UnsupportedError,
  WrongExpectedVersionError,
];
/** Of a server that says it in words alone. */
const TOO_LARGE = /exceeded Max Append Event Size|Maximum Append Size/i;

export function isTooLarge(error: unknown): boolean {
  return (
    error instanceof MaxAppendSizeExceededError ||
    error instanceof AppendRecordSizeExceededError ||
    error instanceof TransactionMaxSizeExceededError ||
    (error instanceof Error && TOO_LARGE.test(error.message))
  );
}

/**
 * May the same succeed later? Whether it took effect is not known. Everything counts as such that the server has not
 * decided: a lost connection, a leader that goes, a node that is not ready or too busy, an answer that nobody can read.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswer) return true;
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return false;
  return !DECIDED.some((kind) => error instanceof kind) && !isTooLarge(error);
}

/** Another connection may do better: this one is dead or leads to a node that no longer leads. */
export function wantsNewConnection(error: unknown): boolean {
  return error instanceof NoAnswer || error instanceof NotLeaderError;
}

/** @throws NoAnswer */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(ms)), ms);
  });
  try {
    return await Promise.race([answer, bound]);
  } finally {
    clearTimeout(timer);
  }
}

import type { RefusalCode } from '#domain';
import type { EventIdReused, EventStoreUnavailable, UnknownEventType, WrongExpectedRevision } from '#event-store';
import type { EventAltered, HistoryRewritten, NoSigningKey, ProofBehind } from '#proof';
import type { ParkingRefusalCode } from '#read-models';
import { API_PROBLEMS, type ApiErrorCode } from './api-problems.js';
import { PARKING_PROBLEMS } from './parking-problems.js';
import type { ProblemRow } from './problem-row.js';
import { REFUSAL_PROBLEMS } from './refusal-problems.js';

type EventStoreCode = (WrongExpectedRevision | EventStoreUnavailable | UnknownEventType | EventIdReused)['code'];
export type ErrorCode = RefusalCode | EventStoreCode | ProofCode | ParkingRefusalCode | ApiErrorCode;
type ProofCode = (NoSigningKey | HistoryRewritten | EventAltered | ProofBehind)['code'];

const EVENT_STORE_PROBLEMS = {
  wrong_expected_revision: {
    status: 409,
    title: 'Others were faster',
    explanation: 'The stream kept changing while the command was decided. Repeat the request.',
    retryAfter: 1,
  },
  event_store_unavailable: {
    status: 503,
    title: 'The event store cannot be reached',
    explanation:
      'Whether the write took effect is unknown. Repeat it with the same Idempotency-Key: nothing happens twice.',
    retryAfter: 2,
  },
  unknown_event_type: {
    status: 500,
    title: 'An event is of a newer version',
    explanation: 'The log holds an event that this build does not know. Run the newest version everywhere.',
  },
  event_id_reused: {
    status: 409,
    title: 'The request was carried out before, differently',
    explanation: 'An earlier try under this Idempotency-Key wrote other events. Read the thread, then use a new key.',
  },
} as const satisfies Record<EventStoreCode, ProblemRow>;

const PROOF_PROBLEMS = {
  no_signing_key: {
    status: 409,
    title: 'This process has no signing key',
    explanation: 'Only a process that has the key file of the ledger signs. Give it the file, or ask one that has it.',
  },
  history_rewritten: {
    status: 409,
    title: 'The log is not the one that was signed',
    explanation:
      'It does not begin with what was signed before. Run `storyledger verify`, which names what was changed.',
  },
  proof_behind: {
    status: 503,
    title: 'The Merkle tree has not come that far',
    explanation: 'It does not have all of the events yet. Repeat the request after Retry-After.',
    retryAfter: 2,
  },
  event_altered: {
    status: 409,
    title: 'The event is not the one that was recorded',
    explanation: 'It has another hash than when it was recorded. Run `storyledger verify`.',
  },
} as const satisfies Record<ProofCode, ProblemRow>;

/** The one table from error code to answer. A code without a row does not compile. */
export const PROBLEMS = {
  ...REFUSAL_PROBLEMS,
  ...EVENT_STORE_PROBLEMS,
  ...PROOF_PROBLEMS,
  ...PARKING_PROBLEMS,
  ...API_PROBLEMS,
} as const satisfies Record<ErrorCode, ProblemRow>;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(PROBLEMS, code);
}

export function problemRow(code: ErrorCode): ProblemRow {
  return PROBLEMS[code];
}

import type { ProblemRow } from './problem-row.js';

/** What goes wrong before, around or below the rules. */
export const API_PROBLEMS = {
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    explanation: 'One or more fields or parameters are wrong; `errors` lists all of them, with where and why.',
  },
  malformed_json: {
    status: 400,
    title: 'The body is not JSON',
    explanation: 'The body could not be read as JSON in UTF-8, is empty, or nests too deeply.',
  },
  bad_request: {
    status: 400,
    title: 'The request cannot be understood',
    explanation: 'The URL, a header or the framing of the request is malformed.',
  },
  invalid_header: {
    status: 400,
    title: 'A header is not valid',
    explanation: 'The detail names the header and the form that it must have.',
  },
  invalid_cursor: {
    status: 400,
    title: 'The cursor is not valid',
    explanation: 'Cursors come from the `next` of a page of the same list and are used unchanged.',
  },
  feed_position_unknown: {
    status: 400,
    title: 'The log does not go that far',
    explanation: 'Last-Event-ID and `after` name a position behind the end of the log. Ids are of one ledger only.',
  },
  unauthenticated: {
    status: 401,
    title: 'An API key is needed',
    explanation: 'Send `Authorization: Bearer sl_...` with a key that is neither revoked nor expired.',
  },
  role_too_low: {
    status: 403,
    title: 'The API key may not do this',
    explanation: 'The detail names the role that is needed. An administrator makes keys with POST /v1/keys.',
  },
  csrf_token_wrong: {
    status: 403,
    title: 'The CSRF token is missing or wrong',
    explanation: 'What a session changes must come with its token as X-CSRF-Token. GET /v1/session answers the token.',
  },
  route_not_found: {
    status: 404,
    title: 'No such resource',
    explanation: 'Nothing lives at this path. /openapi.json lists all that do.',
  },
  key_not_found: {
    status: 404,
    title: 'No such API key',
    explanation: 'No key has this id. GET /v1/keys lists them.',
  },
  backtest_not_found: {
    status: 404,
    title: 'No such back-test',
    explanation:
      'No back-test has this id in the process that was asked. It lives in the one that runs it and is gone when that ends: start it again.',
  },
  moment_not_found: {
    status: 404,
    title: 'Nothing was there at that moment',
    explanation: 'The thread was opened later, or has no such revision yet. The detail says which.',
  },
  import_not_found: {
    status: 404,
    title: 'No such import',
    explanation: 'No import batch has this id. GET /v1/imports lists them.',
  },
  checkpoint_not_found: {
    status: 404,
    title: 'No checkpoint yet',
    explanation: 'Nothing has been signed yet. An administrator signs with POST /v1/proof/checkpoints.',
  },
  event_not_found: {
    status: 404,
    title: 'No such event',
    explanation: 'No event of the log has this id. GET /v1/threads/:id/events lists those of a thread.',
  },
  identity_not_found: {
    status: 404,
    title: 'No identity is kept of the source',
    explanation: 'None was sealed, or it was erased, which is for good. The detail says which.',
  },
  no_identity_key: {
    status: 409,
    title: 'This process has no key for sealed identities',
    explanation:
      'Give it the key file that identities were sealed with (IDENTITY_KEY_FILE), or ask a process that has it.',
  },
  projection_not_found: {
    status: 404,
    title: 'No such read model',
    explanation: 'No read model has this name. GET /v1/projections lists them.',
  },
  rebuild_under_way: {
    status: 409,
    title: 'A rebuild is under way already',
    explanation: 'It was asked for before, or runs. GET /v1/projections shows how far it is.',
  },
  problem_not_found: {
    status: 404,
    title: 'No such problem code',
    explanation: 'The API has no error of this code.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
    explanation: 'The path exists, and the Allow header lists the methods that it takes.',
  },
  conflict: {
    status: 409,
    title: 'The request conflicts with the current state',
    explanation: 'Read the resource again and decide anew.',
  },
  idempotency_in_flight: {
    status: 409,
    title: 'The first request is still under way',
    explanation: 'A request with this Idempotency-Key has not been answered yet. Repeat it after Retry-After.',
    retryAfter: 1,
  },
  import_not_voidable: {
    status: 409,
    title: 'The import cannot be voided now',
    explanation: 'It was a dry run, or is still under way. The detail says which.',
  },
  precondition_failed: {
    status: 412,
    title: 'The resource has changed',
    explanation: 'It is not at the revision that If-Match names. Read it again, decide anew, send the new ETag.',
  },
  payload_too_large: {
    status: 413,
    title: 'The body is too large',
    explanation: 'A body may hold 1 MiB. Split the request.',
  },
  uri_too_long: {
    status: 414,
    title: 'A part of the path is too long',
    explanation: 'Ids, slugs and keys have at most 200 characters.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    explanation: 'The request line and all headers together may hold 16 KiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The media type is not supported',
    explanation: 'Send JSON, with `Content-Type: application/json`.',
  },
  unprocessable: {
    status: 422,
    title: 'The request cannot be carried out',
    explanation: 'It is well-formed, but its content contradicts itself or the state.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    explanation: 'A key stands for one request, method, path and body alike. Make a new key for a new request.',
  },
  precondition_required: {
    status: 428,
    title: 'If-Match is required',
    explanation: 'Say which revision the decision rests on: send the ETag of the resource as If-Match.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    explanation: 'Slow down and repeat the request after Retry-After.',
    retryAfter: 5,
  },
  request_timeout: {
    status: 408,
    title: 'The request came too slowly',
    explanation: 'The body did not arrive in time. Repeat the request.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    explanation: 'The error was logged under the trace id. Repeat the request with the same Idempotency-Key.',
  },
  database_unavailable: {
    status: 503,
    title: 'The database cannot be reached',
    explanation: 'Repeat the request, a write with the same Idempotency-Key.',
    retryAfter: 2,
  },
  receipt_pending: {
    status: 503,
    title: 'The receipt is not ready',
    explanation: 'No checkpoint with the event has been signed yet. Repeat the request after Retry-After.',
    retryAfter: 5,
  },
  read_model_behind: {
    status: 503,
    title: 'The read model has not come that far',
    explanation: 'It does not hold the position asked for yet. Repeat the request, or read without a position.',
    retryAfter: 1,
  },
  read_model_parked: {
    status: 503,
    title: 'The read model cannot show it yet',
    explanation:
      'The write is in the log, but a read model could not apply it, or one before it, and has gone on without. An administrator retries or drops it: GET /v1/projections/parked. Repeat the request then, or read without a position.',
    retryAfter: 30,
  },
  overloaded: {
    status: 503,
    title: 'Too much to do',
    explanation:
      'The process turned the request away before it did anything for it. Repeat it after Retry-After; a client that comes again at once makes it last.',
    retryAfter: 1,
  },
  shutting_down: {
    status: 503,
    title: 'This process is shutting down',
    explanation: 'Repeat the request; another process, or the next one, takes it.',
    retryAfter: 2,
  },
  http_error: {
    status: 500,
    title: 'The request failed',
    explanation: 'An error that has no code of its own; its status says what kind.',
  },
} as const satisfies Record<string, ProblemRow>;

export type ApiErrorCode = keyof typeof API_PROBLEMS;

import type { ApiErrorCode } from './api-problems.js';

/** One wrong thing in a request: `pointer` into the body, or the name of a parameter. */
export interface FieldError {
  /** RFC 6901, such as `/claims/0/statement`. */
  readonly pointer?: string;
  /** A query or path parameter. */
  readonly parameter?: string;
  readonly code: string;
  readonly detail: string;
}

/** What the API itself answers with a problem. `detail` names what is wrong and what to do; it is shown to the caller. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: ApiErrorCode,
    readonly detail: string,
    readonly extra: {
      readonly errors?: readonly FieldError[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: extra.cause });
  }
}

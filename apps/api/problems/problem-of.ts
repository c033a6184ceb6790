import { HttpException } from '@nestjs/common';
import { Refusal } from '#domain';
import { WrongExpectedRevision } from '#event-store';
import { ApiError, type FieldError } from './api-error.js';
import { isDatabaseOutage, isUnreadableValue } from './database-outage.js';
import { type ErrorCode, isErrorCode, problemRow } from './problem-table.js';

export interface Problem {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
}

export interface Circumstances {
  /** The request came with If-Match. */
  readonly conditional: boolean;
  /** The request came with a cursor. */
  readonly paged: boolean;
}

/** Translates any error into what the caller is told. Of an unknown one, that is nothing. */
export function problemOf(error: unknown, { conditional, paged }: Circumstances): Problem {
  if (error instanceof ApiError) return problem(error.code, error.detail, error.extra);
  if (error instanceof Refusal) return refusalProblem(error);
  if (error instanceof WrongExpectedRevision && conditional) return problem('precondition_failed', error.message);
  if (error instanceof HttpException) return httpProblem(error);
  if (error instanceof Error && 'code' in error && isErrorCode(error.code)) {
    const { code } = error;
    return problem(code, problemRow(code).status === 500 ? INTERNAL_DETAIL : error.message);
  }
  if (paged && isUnreadableValue(error)) return problem('invalid_cursor', problemRow('invalid_cursor').explanation);
  if (isDatabaseOutage(error))
    return problem('database_unavailable', 'The database did not answer. Repeat the request.');
  return problem('internal', INTERNAL_DETAIL);
}

const INTERNAL_DETAIL = 'The error was logged. Give the trace id to whoever runs this server.';

function refusalProblem(refusal: Refusal): Problem {
  const { code, message, field } = refusal;
  if (field === undefined) return problem(code, message);
  const row = problemRow(code);
  return {
    ...problem(code, message, { errors: [{ pointer: field, code, detail: message }] }),
    status: row.statusInBody ?? row.status,
  };
}

/** From Nest and Fastify; Nest wraps Fastify's errors and keeps them as the cause. */
function httpProblem(error: HttpException): Problem {
  const status = error.getStatus();
  const cause = error.cause;
  const fastifyCode = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (fastifyCode.startsWith('FST_ERR_CTP') && status === 400) return problem('malformed_json', BODY_DETAIL);
  if (cause instanceof SyntaxError) return problem('malformed_json', BODY_DETAIL);
  const code = CODE_OF_STATUS[status];
  if (code !== undefined) return problem(code, problemRow(code).explanation);
  return { ...problem('http_error', problemRow('http_error').explanation), status };
}

const BODY_DETAIL = 'The body must be one JSON value in UTF-8, without __proto__ or constructor.prototype keys.';

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  404: 'route_not_found',
  408: 'request_timeout',
  409: 'conflict',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  422: 'unprocessable',
  429: 'too_many_requests',
  500: 'internal',
  503: 'shutting_down',
};

function problem(
  code: ErrorCode,
  detail: string,
  extra: { readonly errors?: readonly FieldError[]; readonly headers?: Readonly<Record<string, string>> } = {},
): Problem {
  const { status, title, retryAfter } = problemRow(code);
  return {
    code,
    status,
    title,
    detail,
    errors: extra.errors ?? [],
    headers: { ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }), ...extra.headers },
  };
}

import type { Problem } from './types.js';

/** What the API refused, in its own words. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** No answer came: the server is not there, or the way to it is cut. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor() {
    super('The server does not answer. Nothing is lost: what was recorded stands. Try again in a moment.');
  }
}

/** From what a response holds, which of a proxy in between need not be a problem of ours. */
export function problemFrom(body: unknown, response: Response): ApiProblem {
  if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) {
    return new ApiProblem(body as Problem);
  }
  return new ApiProblem({
    type: 'about:blank',
    title: response.statusText || 'The request failed',
    status: response.status,
    detail: `The server answered with status ${response.status} and no explanation.`,
    instance: '',
    code: 'http_error',
    traceId: response.headers.get('x-request-id') ?? '',
  });
}

/** Whether the same request may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof ApiProblem && error.status === 503);
}

import createClient, { type Middleware } from 'openapi-fetch';
import { v7 } from 'uuid';
import { problemFrom, Unreachable } from './problem.js';
import type { paths } from './schema.js';

const SAFE = new Set(['GET', 'HEAD']);

/** What the page knows of its session beside the cookie, which it cannot read. */
export const credentials = {
  csrfToken: '',
  /** Told when the API does not let the page in: why, or null when nobody was signed in anyway. */
  onEnded: (_why: string | null): void => undefined,
};

/** With the CSRF token, and the id under which a repeated try is the same request. */
const withToken: Middleware = {
  onRequest({ request }) {
    if (SAFE.has(request.method)) return request;
    request.headers.set('x-csrf-token', credentials.csrfToken);
    // A preview records nothing, so there is no answer to keep for another try.
    const isRecorded = !request.url.endsWith('/preview');
    if (isRecorded && !request.headers.has('idempotency-key')) {
      // Not by crypto.randomUUID, which browsers keep from pages that came over plain http.
      request.headers.set('idempotency-key', v7());
    }
    return request;
  },
  async onResponse({ request, response }) {
    const isSignIn = request.method === 'POST' && request.url.endsWith('/v1/session');
    if (response.status === 401 && !isSignIn) credentials.onEnded(await whyEnded(response));
    return response;
  },
};

const DROPPED =
  'Your session has ended: you signed out in another tab of this browser, or its time was up. Sign in again.';

async function whyEnded(response: Response): Promise<string | null> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  // Without an error in the challenge no session was sent: the browser has dropped it.
  if (response.headers.get('www-authenticate')?.includes('error=')) return problemFrom(body, response).message;
  return credentials.csrfToken === '' ? null : DROPPED;
}

export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(withToken);

export interface Outcome<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The body of the answer.
 * @throws ApiProblem, Unreachable
 */
export async function answer<Data>(call: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await call.catch((): never => {
    throw new Unreachable();
  });
  if (response.ok && data !== undefined) return data;
  throw problemFrom(error, response);
}

import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ApiKey, ApiKeys, includesRole, isCsrfTokenOf, type Role, Sessions, type Verification } from '#operations';
import type { Handler } from '../http/handler-facts.js';
import { RateLimits } from '../http/rate-limits.js';
import { requestContext } from '../http/request-context.js';
import { ApiError } from '../problems/api-error.js';
import { sessionTokenOf } from '../session/session-cookie.js';
import { type Access, accessOf } from './access.js';

/** Denies by default: a handler that does not say who may call it is called by nobody. */
@Injectable()
export class ApiKeyGuard {
  constructor(
    private readonly keys: ApiKeys,
    private readonly sessions: Sessions,
    private readonly rateLimits: RateLimits,
  ) {}

  /** Null: let in without a wait, as with a key that this process has just seen. */
  begin(request: FastifyRequest, reply: FastifyReply, handler: Handler): Promise<void> | null {
    const access = accessOf(handler);
    if (access === 'public') return null;
    const caller = this.callerOf(request);
    if (!(caller instanceof Promise)) return this.admit(caller, access, request, reply);
    return caller.then((key) => this.admit(key, access, request, reply) ?? undefined);
  }

  private admit(
    key: ApiKey,
    access: Access | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> | null {
    requestContext(request).key = key;
    if (this.rateLimits.has('key')) {
      return this.rateLimits.take('key', key.keyId, reply).then(() => assertRole(key.role, access));
    }
    assertRole(key.role, access);
    return null;
  }

  /** A key in the header goes before a session's cookie, which browsers send without being asked. */
  private callerOf(request: FastifyRequest): ApiKey | Promise<ApiKey> {
    const token = request.headers.authorization === undefined ? sessionTokenOf(request) : null;
    if (token !== null) return this.signedIn(request, token);
    const secret = bearerOf(request);
    const known = this.keys.recall(secret);
    return known === null ? this.keys.verify(secret).then(accepted) : accepted(known);
  }

  private async signedIn(request: FastifyRequest, token: string): Promise<ApiKey> {
    const verification = await this.sessions.verify(token);
    if (verification.outcome !== 'accepted') {
      throw unauthenticated(SESSION_REASONS[verification.outcome], 'invalid_token');
    }
    const { session } = verification;
    if (!SAFE.has(request.method) && !isCsrfTokenOf(token, String(request.headers['x-csrf-token'] ?? ''))) {
      throw new ApiError('csrf_token_wrong', 'Send the csrfToken of GET /v1/session as X-CSRF-Token.');
    }
    requestContext(request).session = session;
    return session.key;
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

const REASONS = {
  unknown: 'The API key is not known here. Check that it was copied whole.',
  revoked: 'The API key was revoked. Ask an administrator for a new one.',
  expired: 'The API key has expired. Ask an administrator for a new one.',
} as const;

const SESSION_REASONS = {
  unknown: 'The session has ended. Sign in again.',
  revoked: 'The API key of the session was revoked. Sign in with another one.',
  expired: 'The session has ended. Sign in again.',
} as const;

function accepted(verification: Verification): ApiKey {
  if (verification.outcome === 'accepted') return verification.key;
  throw unauthenticated(REASONS[verification.outcome], 'invalid_token');
}

function bearerOf({ headers: { authorization } }: FastifyRequest): string {
  if (authorization === undefined) throw unauthenticated('Send `Authorization: Bearer sl_...`.', null);
  const [, secret] = /^Bearer +(\S{1,200}) *$/i.exec(authorization) ?? [];
  if (secret === undefined) {
    throw unauthenticated('The Authorization header must read `Bearer sl_...`.', 'invalid_request');
  }
  return secret;
}

/** RFC 6750: no error code where no key was sent at all. */
function unauthenticated(detail: string, error: string | null): ApiError {
  const challenge = `Bearer realm="storyledger"${error === null ? '' : `, error="${error}"`}`;
  return new ApiError('unauthenticated', detail, { headers: { 'www-authenticate': challenge } });
}

function assertRole(held: Role, needed: Access | null): void {
  if (needed === null || needed === 'public' || !includesRole(held, needed)) throw roleTooLow(held, needed);
}

function roleTooLow(held: string, needed: string | null): ApiError {
  const detail = `This needs a key of role ${needed ?? 'that nobody has'}; this key has role ${held}.`;
  return new ApiError('role_too_low', detail, {
    headers: { 'www-authenticate': 'Bearer realm="storyledger", error="insufficient_scope"' },
  });
}

import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '#operations';

/** Out of the reach of scripts and of other sites; over https also of anything that speaks plain http. */
function optionsFor({ protocol }: FastifyRequest): CookieSerializeOptions {
  return { httpOnly: true, sameSite: 'strict', path: '/', secure: protocol === 'https' };
}

/** Browsers take a `__Host-` cookie only with Secure, from this very host. */
function nameFor({ protocol }: FastifyRequest): string {
  return protocol === 'https' ? '__Host-storyledger_session' : 'storyledger_session';
}

export function sessionTokenOf(request: FastifyRequest): string | null {
  const { cookie } = request.headers;
  return cookie === undefined ? null : (request.server.parseCookie(cookie)[nameFor(request)] ?? null);
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, session: Session): void {
  reply.setCookie(nameFor(request), session.token, { ...optionsFor(request), expires: session.expiresAt });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(nameFor(request), optionsFor(request));
}

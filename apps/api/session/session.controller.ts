import { Body, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Sessions, type SessionVerification } from '#operations';
import { Public, Requires } from '../auth/access.js';
import { callingKey } from '../auth/current-actor.js';
import { requestContext } from '../http/request-context.js';
import { problemResponse } from '../openapi/problem-responses.js';
import { ApiError } from '../problems/api-error.js';
import { isFromThisMachine } from './loopback.js';
import { keySessionDto, SessionDto, SignedOutDto, SignInRequest, sessionDto } from './session.dto.js';
import { clearSessionCookie, setSessionCookie } from './session-cookie.js';
import { SignInLimit } from './sign-in-limit.js';

@ApiTags('Session')
@Controller('v1/session')
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly limit: SignInLimit,
  ) {}

  @Post()
  @Public()
  @ApiOperation({
    summary: 'Sign in, in a browser',
    description:
      'With an API key, or with the token of a sign-in link. The session is a cookie that no script can read; it ends after 12 hours, and with its key.',
  })
  @ApiCreatedResponse({ type: SessionDto })
  @ApiResponse({ status: 401, ...problemResponse('The key or link is not accepted') })
  @ApiResponse({ status: 429, ...problemResponse('Too many tries; try again after Retry-After') })
  async signIn(
    @Body() { key, link }: SignInRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    if ((key === undefined) === (link === undefined)) throw oneOfTwo();
    await this.limit.take(request.ip);
    const verification =
      key !== undefined ? await this.sessions.signIn(key) : await this.followLink(request, link ?? '');
    if (verification.outcome !== 'accepted') throw refused(verification.outcome, link !== undefined);
    await this.limit.giveBack(request.ip);
    setSessionCookie(request, reply, verification.session);
    return sessionDto(verification.session);
  }

  @Get()
  @Requires('reader')
  @ApiOperation({ summary: 'Who is signed in, and until when' })
  @ApiOkResponse({ type: SessionDto })
  show(@Req() request: FastifyRequest): SessionDto {
    const { session } = requestContext(request);
    return session === undefined ? keySessionDto(callingKey(request)) : sessionDto(session);
  }

  @Delete()
  @Requires('reader')
  @ApiOperation({ summary: 'Sign out' })
  @ApiOkResponse({ type: SignedOutDto })
  async signOut(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedOutDto> {
    const { session } = requestContext(request);
    if (session === undefined) return { ended: false };
    await this.sessions.end(session.token);
    clearSessionCookie(request, reply);
    return { ended: true };
  }

  /** Whoever sees the terminal sits at the machine: a link that travelled elsewhere is of no use there. */
  private async followLink(request: FastifyRequest, token: string): Promise<SessionVerification> {
    return isFromThisMachine(request) ? this.sessions.signInByLink(token) : { outcome: 'unknown' };
  }
}

function oneOfTwo(): ApiError {
  const detail = 'Send a key or a link, and not both.';
  return new ApiError('invalid_request', detail, { errors: [{ pointer: '/key', code: 'required', detail }] });
}

function refused(outcome: 'unknown' | 'revoked' | 'expired', byLink: boolean): ApiError {
  return new ApiError('unauthenticated', byLink ? OF_LINK[outcome] : OF_KEY[outcome]);
}

const OF_KEY = {
  unknown: 'The API key is not known here. Check that it was copied whole.',
  revoked: 'The API key was revoked. Ask an administrator for a new one.',
  expired: 'The API key has expired. Ask an administrator for a new one.',
} as const;

const OF_LINK = {
  unknown: 'The sign-in link was used before, is not whole, or was not made for this machine. Sign in with a key.',
  revoked: 'The key of the sign-in link was revoked. Sign in with another key.',
  expired: 'The sign-in link has expired. Start again for a new one, or sign in with a key.',
} as const;

import 'reflect-metadata';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { ApiKey, ApiKeys, Sessions } from '#operations';
import { RateLimits } from '../http/rate-limits.js';
import { Requires } from './access.js';
import { ApiKeyGuard } from './api-key.guard.js';

class Routes {
  silent(): void {}

  @Requires('editor')
  guarded(): void {}
}

const NO_LIMITS = new RateLimits({ ofKey: 0, ofAddress: 0 }, () => undefined);

const admin: ApiKey = {
  keyId: '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11',
  name: 'Root',
  role: 'admin',
  createdBy: 'system:test',
  createdAt: new Date(0),
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
};

/** The start-up check refuses such a handler; the guard must deny it all the same. */
async function calling(handler: keyof Routes, isKnown: boolean): Promise<boolean> {
  const accepted = { outcome: 'accepted', key: admin };
  const keys = { recall: () => (isKnown ? accepted : null), verify: async () => accepted } as unknown as ApiKeys;
  const request = { headers: { authorization: 'Bearer sl_x' } } as unknown as FastifyRequest;
  const context = {
    getHandler: () => Routes.prototype[handler],
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({}) }),
  } as unknown as ExecutionContext;
  return new ApiKeyGuard(keys, {} as Sessions, NO_LIMITS).canActivate(context);
}

describe.each([
  { of: 'a key that was just seen', isKnown: true },
  { of: 'a key that has to be looked up', isKnown: false },
])('the guard, of $of,', ({ isKnown }) => {
  it('denies a handler that declares nothing, even to an administrator', async () => {
    await expect(calling('silent', isKnown)).rejects.toMatchObject({ code: 'role_too_low' });
  });

  it('lets a higher role through', async () => {
    expect(await calling('guarded', isKnown)).toBe(true);
  });
});

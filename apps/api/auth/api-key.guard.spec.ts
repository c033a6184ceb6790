import 'reflect-metadata';
import type { FastifyReply, FastifyRequest } from 'fastify';
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
async function calling(handler: keyof Routes, isKnown: boolean): Promise<void> {
  const accepted = { outcome: 'accepted', key: admin };
  const keys = { recall: () => (isKnown ? accepted : null), verify: async () => accepted } as unknown as ApiKeys;
  const request = { headers: { authorization: 'Bearer sl_x' } } as unknown as FastifyRequest;
  const guard = new ApiKeyGuard(keys, {} as Sessions, NO_LIMITS);
  await guard.begin(request, {} as FastifyReply, Routes.prototype[handler]);
}

describe.each([
  { of: 'a key that was just seen', isKnown: true },
  { of: 'a key that has to be looked up', isKnown: false },
])('the guard, of $of,', ({ isKnown }) => {
  it('denies a handler that declares nothing, even to an administrator', async () => {
    await expect(calling('silent', isKnown)).rejects.toMatchObject({ code: 'role_too_low' });
  });

  it('lets a higher role through', async () => {
    await expect(calling('guarded', isKnown)).resolves.toBeUndefined();
  });
});

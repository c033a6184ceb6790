import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { includesRole, ROLES, type Role } from '#operations';
import { RouteTable } from '../http/route-table.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';
import { Public, Requires } from './access.js';
import { type GuardedRoute, RouteAccess } from './route-access.js';

const ANY_ID = '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11';

describe('every route', () => {
  let api: ApiUnderTest;
  let routes: readonly GuardedRoute[];
  beforeAll(async () => {
    api = await createApiUnderTest();
    routes = api.app.get(RouteAccess).routes();
  });
  afterAll(() => api.close());

  const call = (route: Pick<GuardedRoute, 'method' | 'path'>, as?: Role) =>
    api.inject({
      method: route.method as 'GET',
      url: route.path.replace(/:[^/]+/g, ANY_ID),
      // The feed would answer without end; what it cannot go on from it refuses.
      headers: { 'last-event-id': 'none' },
      ...(as !== undefined && { as }),
    });

  it('that the server has is declared by a controller', () => {
    const declared = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    const served = api.app
      .get(RouteTable)
      .all()
      // Fastify adds HEAD to every GET, with the same handler and so the same guard.
      .map(({ method, path }) => `${method === 'HEAD' ? 'GET' : method} ${path}`);
    expect(served.length).toBeGreaterThan(5);
    expect(served.filter((route) => !declared.has(route))).toEqual([]);
  });

  it('with @Requires refuses a call without a key, with a challenge', async () => {
    const guarded = routes.filter(({ access }) => access !== 'public');
    expect(guarded.length).toBeGreaterThan(2);
    for (const route of guarded) {
      const answer = await call(route);
      expect(answer.statusCode, `${route.method} ${route.path}`).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="storyledger"');
      expect(answer.json()).toMatchObject({ code: 'unauthenticated', status: 401 });
    }
  });

  it.each(ROLES)('lets a key of role %s through exactly where its role suffices', async (role) => {
    for (const route of routes) {
      const answer = await call(route, role);
      const where = `${route.method} ${route.path} as ${role}`;
      const allowed = route.access === 'public' || includesRole(role, route.access);
      if (allowed) expect([401, 403], where).not.toContain(answer.statusCode);
      else {
        expect(answer.statusCode, where).toBe(403);
        expect(answer.json().detail, where).toContain(`role ${route.access}`);
      }
    }
  });

  it('with @Public answers without a key', async () => {
    for (const route of routes.filter(({ access }) => access === 'public')) {
      const answer = await call(route);
      expect([401, 403], `${route.method} ${route.path}`).not.toContain(answer.statusCode);
    }
  });

  it.each([
    ['Bearer', 'invalid_request'],
    ['Basic dXNlcjpwYXNz', 'invalid_request'],
    ['Bearer a b', 'invalid_request'],
    [`Bearer ${'x'.repeat(500)}`, 'invalid_request'],
    ['Bearer nonsense', 'invalid_token'],
    [`Bearer sl_${'0'.repeat(32)}_${'A'.repeat(43)}`, 'invalid_token'],
  ])('refuses the authorization %j', async (authorization, error) => {
    const answer = await api.inject({ url: '/v1/keys', headers: { authorization } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(`Bearer realm="storyledger", error="${error}"`);
  });

  it('refuses revoked and expired keys, and says which', async () => {
    const { keys } = api.parts;
    const make = (expiresAt: Date | null) =>
      keys.create({ name: 'k', role: 'admin', createdBy: 'system:test', expiresAt });
    const revoked = await make(null);
    await keys.revoke(revoked.key.keyId, { id: 'system:test', name: 'Test' });
    const expired = await make(new Date(Date.now() - 1000));
    for (const [{ secret }, word] of [
      [revoked, 'revoked'],
      [expired, 'expired'],
    ] as const) {
      const answer = await api.inject({ url: '/v1/keys', headers: { authorization: `Bearer ${secret}` } });
      expect(answer.statusCode).toBe(401);
      expect(answer.json().detail).toContain(word);
    }
  });
});

@Controller('silent')
class SilentController {
  @Get()
  get(): string {
    return 'open';
  }
}

@Controller('both')
class BothController {
  @Get()
  @Public()
  @Requires('admin')
  get(): string {
    return 'open';
  }
}

describe('a route that does not say who may call it', () => {
  it.each([SilentController, BothController])('keeps the API from starting: %o', async (controller) => {
    const starting = createApiUnderTest({ controllers: [controller] });
    await expect(starting).rejects.toThrow(`Say who may call ${controller.name}.get`);
  });
});

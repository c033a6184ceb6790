import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the console', () => {
  let api: ApiUnderTest;
  let page: string;
  beforeAll(async () => {
    api = await createApiUnderTest();
    page = (await api.inject({ url: '/', headers: HTML })).body;
  });
  afterAll(() => api.close());

  it.each(['/', '/threads/kim-putin-visit', '/reports', '/operations/keys', '/sign-in'])(
    'is shown at %s',
    async (url) => {
      const answer = await api.inject({ url, headers: HTML });
      expect(answer).toMatchObject({ statusCode: 200, body: page });
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-cache');
    },
  );

  it('runs nothing of others and nothing inline', async () => {
    const { headers } = await api.inject({ url: '/' });
    expect(headers['content-security-policy']).toMatch(/script-src 'self'; style-src 'self';/);
    expect(page).not.toMatch(/<script>|<style|\son\w+=|style=|https?:\/\//);
  });

  it('is made of files that never change under their names, and are sent packed', async () => {
    const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]*)"/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(1);
    for (const url of files) {
      const file = await api.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
      expect(file.statusCode, url).toBe(200);
      expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      if (/\.(js|css)$/.test(url)) expect(file.headers['content-encoding'], url).toBe('br');
      expect((await api.inject({ url })).headers['content-encoding'], url).toBeUndefined();
    }
  });

  it('has a page of its own for an address that leads nowhere, with 404', async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error) => warnings.push(warning);
    process.on('warning', listener);
    const answer = await api.inject({ url: '/no/such/page', headers: HTML });
    expect(answer).toMatchObject({ statusCode: 404, body: page });
    // A warning is said in a turn of its own.
    await setImmediate();
    process.off('warning', listener);
    expect(warnings).toEqual([]);
  });

  it.each(['/v1/nothing', '/v1', '/docs/nothing', '/health/nothing', '/assets/nothing.js', '/problems/nothing'])(
    'leaves %s to the API, for a browser too',
    async (url) => {
      const answer = await api.inject({ url, headers: HTML });
      expect(answer.statusCode).toBe(404);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    },
  );

  it('leaves what is no visit of a page to the API', async () => {
    expect((await api.inject({ url: '/no/such/page' })).json()).toMatchObject({ code: 'route_not_found' });
    const posted = await api.inject({ method: 'POST', url: '/no/such/page', headers: HTML });
    expect(posted.json()).toMatchObject({ code: 'route_not_found' });
    expect((await api.inject({ method: 'POST', url: '/reports' })).headers['allow']).toBe('GET, HEAD');
  });

  it.each(['/assets/..%2findex.html', '/assets/%2e%2e%2fapps%2fcli%2fmain.js', '/assets/.hidden', '/assets/a'])(
    'has no file %s',
    async (url) => {
      expect((await api.inject({ url })).statusCode).toBeGreaterThanOrEqual(400);
    },
  );
});

import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RouteAccess } from '../auth/route-access.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

describe('the OpenAPI document', () => {
  let api: ApiUnderTest;
  let document: OpenAPIObject;
  beforeAll(async () => {
    api = await createApiUnderTest();
    document = (await api.inject({ url: '/openapi.json' })).json();
  });
  afterAll(() => api.close());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => (item[method] === undefined ? [] : [{ path, method, operation: item[method] }])),
    );

  it('is the one in docs/; `npm run openapi` writes it anew', async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../../../docs/openapi.json');
  });

  it('is of version 3.1 and has no reference that leads nowhere', () => {
    expect(document.openapi).toBe('3.1.0');
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]*)"/g)].map(([, name]) => name);
    expect(references.length).toBeGreaterThan(5);
    const schemas = Object.keys(document.components?.schemas ?? {});
    expect(references.filter((name) => name !== undefined && !schemas.includes(name))).toEqual([]);
    // A word of 3.0 that 3.1 has dropped.
    expect(text).not.toContain('"nullable"');
  });

  it('describes every route but its own pages, under one id each', () => {
    const described = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const routes = api.app
      .get(RouteAccess)
      .routes()
      .filter(({ handler }) => !/^(OpenApi|Console)Controller\./.test(handler))
      .map(({ method, path }) => `${method} ${path.replace(/:([^/]+)/g, '{$1}')}`);
    expect(described.sort()).toEqual([...routes].sort());
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says for every guarded operation which role it needs, and how it is refused', () => {
    for (const { path, operation } of operations()) {
      const role = (operation as unknown as Record<string, unknown>)['x-required-role'];
      expect(operation.security !== undefined, path).toBe(role !== undefined);
      if (role === undefined) continue;
      for (const status of [401, 403]) {
        expect(operation.responses[status], `${path} ${status}`).toMatchObject({
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } } },
        });
      }
    }
  });

  it('gives every operation an answer with a schema, and every write its Idempotency-Key', () => {
    for (const { path, method, operation } of operations()) {
      const success = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
      expect(success, path).toHaveLength(success.length || 1);
      for (const [status, response] of success) {
        const described = JSON.stringify(response);
        expect(described, `${method} ${path} ${status}`).toContain('schema');
      }
      const names = (operation.parameters ?? []).map((parameter) => ('name' in parameter ? parameter.name : ''));
      expect(names.includes('Idempotency-Key'), path).toBe(method !== 'get');
    }
  });

  it('bounds what a field takes as the validation does', () => {
    const schema = document.components?.schemas?.['CreateKeyDto'];
    expect(schema).toMatchObject({
      type: 'object',
      required: ['name', 'role'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 120 },
        role: { allOf: [{ $ref: '#/components/schemas/Role' }] },
        expiresAt: { type: ['string', 'null'], format: 'date-time' },
      },
    });
    expect(document.components?.schemas?.['Role']).toMatchObject({ enum: ['reader', 'reporter', 'editor', 'admin'] });
  });
});

describe('the reference page', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
  });
  afterAll(() => api.close());

  it('is made of files that this server has, with no script of its own', async () => {
    const page = await api.inject({ url: '/docs' });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const files = [...page.body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const url of files) {
      const file = await api.inject({ url });
      expect(file.statusCode, url).toBe(200);
      expect(file.body.length, url).toBeGreaterThan(100);
    }
    expect(page.body).not.toMatch(/https?:\/\/|<script>|<style|\son\w+=/);
  });

  it.each(['/docs/package.json', '/docs/index.html', '/docs/..%2fpackage.json', '/docs/constructor'])(
    'gives out no other file: %s',
    async (url) => {
      expect((await api.inject({ url })).statusCode).toBe(404);
    },
  );
});

describe('the explanation of a problem', () => {
  it('is where its type leads', async () => {
    const api = await createApiUnderTest();
    const { type, code } = (await api.inject({ url: '/v1/keys' })).json();
    expect((await api.inject({ url: type })).json()).toMatchObject({ code, status: 401 });
    const all = (await api.inject({ url: '/problems' })).json();
    expect(all.length).toBeGreaterThan(50);
    expect((await api.inject({ url: '/problems/constructor' })).json()).toMatchObject({ code: 'problem_not_found' });
    await api.close();
  });
});

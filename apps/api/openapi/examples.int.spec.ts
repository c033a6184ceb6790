import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedStory } from '../../../test/seed-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly example?: unknown;
}

/** In the order in which a newsroom would send them: each stands on what those before have left. */
const CALLS = [
  ['post', '/v1/sources', 201],
  ['post', '/v1/threads', 201],
  ['post', '/v1/threads/{thread}/claims', 200],
  ['patch', '/v1/threads/{thread}/claims/{claim}', 200],
  // The thread was opened with this very attribution: what a tool posts twice is there once.
  ['post', '/v1/threads/{thread}/attributions', 200],
  ['put', '/v1/threads/{thread}/claims/{claim}/ruling', 200],
  ['delete', '/v1/threads/{thread}/claims/{claim}/ruling', 200],
  ['post', '/v1/threads/{thread}/attributions/{attribution}/retraction', 200],
  ['post', '/v1/threads/{thread}/exclusive-sets', 201],
  ['patch', '/v1/threads/{thread}', 200],
  ['post', '/v1/threads/{thread}/close', 200],
  ['post', '/v1/threads/{thread}/reopen', 200],
  ['patch', '/v1/sources/{source}', 200],
  ['post', '/v1/sources/{source}/ratings', 200],
  ['post', '/v1/keys', 201],
] as const;

/** A tool that sends what the reference shows must succeed. The story is the one of the seed data. */
describe('the examples of the OpenAPI document', () => {
  let api: ApiUnderTest;
  let document: OpenAPIObject;
  beforeAll(async () => {
    api = await createApiUnderTest();
    document = (await api.inject({ url: '/openapi.json' })).json();
    for (const { key, name, kind, group, trustedConduit = false } of seedStory.sources) {
      if (key === 'kremlin') continue;
      const payload = { key, name, kind, group, trustedConduit };
      expect((await api.inject({ method: 'POST', url: '/v1/sources', as: 'admin', payload })).statusCode).toBe(201);
    }
  });
  afterAll(() => api.close());

  it.each(CALLS)('are accepted by %s %s', async (method, path, status) => {
    // Claims that exclude each other are two; the examples open one.
    if (path.endsWith('/exclusive-sets')) await openClaim('called-off', 'The visit is called off');
    const operation = document.paths[path]?.[method];
    const parameters = (operation?.parameters ?? []) as unknown as {
      name: string;
      in: string;
      schema: Schema;
      example?: unknown;
    }[];
    const url = path.replace(/\{([^}]+)\}/g, (_, name: string) => {
      const parameter = parameters.find((candidate) => candidate.name === name && candidate.in === 'path');
      const example = parameter?.example ?? parameter?.schema.example;
      expect(example, `${path} has no example of its parameter ${name}`).toBeDefined();
      return encodeURIComponent(String(example));
    });
    const body = operation?.requestBody as { content: Record<string, { schema: Schema }> } | undefined;
    const schema = body?.content['application/json']?.schema;
    const answer = await api.inject({
      method: method.toUpperCase() as 'POST',
      url,
      as: 'admin',
      headers: await preconditions(url),
      ...(schema !== undefined && { payload: exampleOf(schema, path) as object }),
    });
    expect({ status: answer.statusCode, body: answer.json() }).toMatchObject({ status });
  });

  async function openClaim(key: string, statement: string): Promise<void> {
    const url = '/v1/threads/kim-putin-visit/claims';
    const answer = await api.inject({ method: 'POST', url, as: 'admin', payload: { key, statement } });
    expect(answer.statusCode).toBe(201);
  }

  /** A tool that changes a thing sends the ETag that it has read. */
  async function preconditions(url: string): Promise<Record<string, string>> {
    const [thing] = /^\/v1\/(?:threads|sources)\/[^/]+/.exec(url) ?? [];
    if (thing === undefined) return {};
    const revision = await revisionOf(thing.split('/').at(-1) ?? '', thing.includes('/threads/'));
    return { 'if-match': `"${revision}"` };
  }

  async function revisionOf(key: string, isThread: boolean): Promise<bigint> {
    const stream = isThread
      ? `thread-${await api.parts.threads.idOf(key)}`
      : `source-${await api.parts.sources.idOf(key)}`;
    for await (const { revision } of api.parts.store.readStream(stream, { direction: 'backward', limit: 1 }))
      return revision;
    throw new Error(`There is no ${stream}.`);
  }

  function exampleOf(schema: Schema, at: string): unknown {
    if (schema.example !== undefined) return schema.example;
    const reference = schema.$ref ?? schema.allOf?.find(({ $ref }) => $ref !== undefined)?.$ref;
    if (reference !== undefined) {
      const named = document.components?.schemas?.[reference.split('/').at(-1) ?? ''] as Schema;
      return exampleOf(named, at);
    }
    if (schema.items !== undefined) {
      const item = exampleOf(schema.items, `${at}/0`);
      return item === undefined ? undefined : [item];
    }
    const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
      const isNeeded = schema.required?.includes(name) === true;
      const example = exampleOf(field, `${at}/${name}`);
      if (!isNeeded && example === undefined) return [];
      expect(example, `${at}/${name} is required and has no example`).toBeDefined();
      return [[name, example] as const];
    });
    return fields.length === 0 ? undefined : Object.fromEntries(fields);
  }
});

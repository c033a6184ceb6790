import { Controller, Get, Query } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES } from '#operations';
import { PROJECTIONS } from '#read-models';
import { Requires } from '../auth/access.js';
import { KeysController } from '../keys/keys.controller.js';
import { pageOf } from '../paging/page.js';
import { PageQuery, pageRequest } from '../paging/page-query.js';
import { WithEntityTag } from '../preconditions/entity-tag.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';
import { ChoicesParameter } from '../validation/parameter.fields.js';
import { WaitsForPosition } from './waits-for-position.js';

class NumbersQuery extends PageQuery {
  @ChoicesParameter(['odd', 'even'], { optional: true })
  kind?: string[];
}

@Controller('reads')
class ReadsController {
  @Get('tagged')
  @Requires('reader')
  @WithEntityTag()
  @WaitsForPosition()
  tagged(): { revision: string } {
    return { revision: '7' };
  }

  @Get('numbers')
  @Requires('reader')
  @WaitsForPosition()
  numbers(@Query() query: NumbersQuery): unknown {
    const { limit, cursor } = pageRequest(query);
    const first = Number(cursor?.[0] ?? 0) + 1;
    const items = Array.from({ length: 5 }, (_, index) => index + 1).slice(first - 1, first - 1 + limit);
    const last = items.at(-1) ?? 5;
    return pageOf({ items, next: last < 5 ? [String(last)] : null }, (number) => ({ number }));
  }
}

describe('reads', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest({ controllers: [ReadsController, KeysController] });
    await api.database.ownerPool.query(
      `INSERT INTO read_models.checkpoints (projection, version, position, updated_at)
       SELECT name, 1, 10, now() FROM unnest($1::text[]) name`,
      [PROJECTIONS.map(({ name }) => name)],
    );
  });
  afterAll(() => api.close());

  const get = (url: string, headers: Record<string, string> = {}) => api.inject({ url, headers, as: 'reader' });
  const moveTo = (position: number) =>
    api.database.ownerPool.query('UPDATE read_models.checkpoints SET position = $1', [position]);

  it.each([
    ['"7"', 304],
    ['W/"7"', 304],
    ['"6", "7"', 304],
    ['*', 304],
    ['"6"', 200],
    ['7', 200],
  ])('with If-None-Match %s are answered %i', async (tag, status) => {
    const answer = await get('/reads/tagged', { 'if-none-match': tag });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers.etag).toBe('"7"');
    if (status === 304) {
      expect(answer.body).toBe('');
      expect(answer.headers['content-type']).toBeUndefined();
    }
  });

  it('of a position that is there do not wait', async () => {
    const started = Date.now();
    expect((await get('/reads/tagged?after=10')).statusCode).toBe(200);
    expect((await get('/reads/tagged', { 'x-after-position': '10' })).statusCode).toBe(200);
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  it('of a position to come wait until it is there', async () => {
    const reading = get('/reads/numbers?after=11&limit=2');
    const early = await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 200, 'waiting'))]);
    expect(early).toBe('waiting');
    await moveTo(11);
    const answer = await reading;
    expect(answer.json().items).toEqual([{ number: 1 }, { number: 2 }]);
  });

  it('of a position that does not come are refused in bounded time', async () => {
    const started = Date.now();
    const answer = await get('/reads/tagged?after=999');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'read_model_behind' });
    expect(answer.headers['retry-after']).toBe('1');
    expect(Date.now() - started).toBeGreaterThan(1_500);
    expect(Date.now() - started).toBeLessThan(6_000);
  });

  it.each([
    ['/reads/tagged?after=x', 'invalid_request'],
    ['/reads/tagged?after=-1', 'invalid_request'],
    ['/reads/tagged?after=1&after=2', 'invalid_request'],
    [`/reads/tagged?after=${'9'.repeat(40)}`, 'invalid_request'],
    ['/v1/keys?after=1', 'invalid_request'],
  ])('%s is refused', async (url, code) => {
    const answer = await api.inject({ url, as: 'admin' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code, errors: [{ parameter: 'after' }] });
  });

  it('of a list go on where the page before ended, with its filters, until there is no more', async () => {
    const seen: number[] = [];
    let url: string | undefined = '/reads/numbers?limit=2&kind=odd,even&after=10';
    while (url !== undefined) {
      const answer = await get(url);
      expect(answer.statusCode).toBe(200);
      const { items, next } = answer.json();
      seen.push(...items.map(({ number }: { number: number }) => number));
      const [, link] = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? '')) ?? [];
      expect(link === undefined).toBe(next === null);
      if (link !== undefined) {
        const parameters = new URL(link, 'http://localhost').searchParams;
        expect(Object.fromEntries(parameters)).toEqual({ limit: '2', kind: 'odd,even', cursor: next });
      }
      url = link;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it.each(['e30', 'WzFd', 'W10', 'bm9uc2Vuc2U', Buffer.from('["a\\u0000"]').toString('base64url')])(
    'do not take %s for a cursor',
    async (cursor) => {
      const answer = await get(`/reads/numbers?cursor=${cursor}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'invalid_cursor' });
    },
  );

  it('do not take what the database cannot read for a cursor', async () => {
    const cursor = Buffer.from('["yesterday","nobody"]').toString('base64url');
    const answer = await api.inject({ url: `/v1/keys?cursor=${cursor}`, as: 'admin' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid_cursor' });
  });

  it('list every API key once', async () => {
    for (const role of ROLES) await api.secret(role);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const url: string = `/v1/keys?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`;
      const page = (await api.inject({ url, as: 'admin' })).json();
      seen.push(...page.items.map(({ role }: { role: string }) => role));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen.sort()).toEqual([...ROLES].sort());
  });
});

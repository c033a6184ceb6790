import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { csrfTokenOf, type Role } from '#operations';
import { PROJECTIONS, Projector, ReadModelWaiter } from '#read-models';
import { mergeAndPart, tellAndAmend } from '../../../test/busy-newsroom.js';
import { commandContext } from '../../../test/tell-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';
import { FeedListener, type HeardMessage, type ListenOptions } from '../testing/feed-listener.js';
import { LiveFeed } from './live-feed.js';

/** Lehmer's generator: the same cuts at every run. */
function seeded(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 48_271) % 2_147_483_647;
    return 1 + (state % most);
  };
}

describe('the live feed', () => {
  let api: ApiUnderTest;
  let url: string;
  const stop = new AbortController();
  let projecting: Promise<void>;
  const listeners: FeedListener[] = [];

  beforeAll(async () => {
    // Little is held in memory, so that clients that come back are brought up to date from the database as well.
    api = await createApiUnderTest({
      feedLimits: { heartbeatMs: 50, admissionMs: 50, mostRecent: 5, pageSize: 7, mostWaiting: 20_000 },
    });
    url = await api.app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 });
    // As in a process of its own: it tells the waiter of the API nothing.
    const projector = new Projector({ store: api.parts.store, pool: api.parts.pool, projections: PROJECTIONS });
    projecting = projector.run(stop.signal);
  });
  afterEach(() => {
    for (const listener of listeners.splice(0)) listener.cut();
  });
  afterAll(async () => {
    stop.abort();
    await projecting;
    await api.close();
  });

  const listen = async ({ as = 'reader', ...options }: Partial<ListenOptions> & { as?: Role } = {}) => {
    const listener = await FeedListener.connect(url, { secret: await api.secret(as), ...options });
    listeners.push(listener);
    return listener;
  };
  const heardUpTo = async (listener: FeedListener, position: bigint) => {
    await expect.poll(() => BigInt(listener.lastEventId || -1)).toBeGreaterThanOrEqual(position);
    return listener.messages;
  };
  const head = () => api.parts.store.head();
  const open = async (slug: string, desk = 'asia', topics: readonly string[] = []) => {
    const input = { slug, headline: slug, desk, topics, language: 'en', claims: [], attributions: [] };
    return (await api.parts.threads.open(input, commandContext())).threadId;
  };
  const unique = () => randomUUID().slice(0, 8);
  const story = (n: string) => tellAndAmend(api.parts as never, n);

  it('tells of each change of a status with what is needed to show it', async () => {
    const listener = await listen();
    await story('-first');
    const messages = await heardUpTo(listener, await head());
    const told = messages.flatMap(({ data }) =>
      data.changes.map(({ claimKey, statusAfter }: Record<string, string>) => `${claimKey ?? 'thread'} ${statusAfter}`),
    );
    expect(told).toEqual(expect.arrayContaining(['visit reported', 'visit corroborated', 'visit confirmed']));
    expect(messages.every(({ name, data, id }) => name === 'status' && id === data.position)).toBe(true);
    expect(messages[0]?.data).toMatchObject({ slug: 'kim-putin-visit-first', desk: 'asia', eventType: 'ThreadOpened' });
    expect(listener.retryMs).toBe(2_000);
    expect(listener.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(listener.response.headers.get('x-accel-buffering')).toBe('no');
    expect(listener.response.headers.get('cache-control')).toContain('no-transform');
  });

  it('says nothing that the read models do not show yet', async () => {
    const listener = await listen();
    for (let n = 0; n < 10; n++) {
      const slug = `shown-${unique()}`;
      await open(slug);
      await expect.poll(() => listener.messages.at(-1)?.data.slug).toBe(slug);
      const { statusCode } = await api.inject({ url: `/v1/threads/${slug}`, as: 'reader' });
      expect(statusCode).toBe(200);
    }
  });

  it.each([1, 2, 3, 4])('loses and repeats nothing when it is cut anywhere, seed %i', async (seed) => {
    const random = seeded(seed);
    const from = (await head()).toString();
    const query = `?after=${from}${seed % 2 === 0 ? '&events=true' : ''}`;
    const whole = await listen({ as: 'editor', query });
    let isWriting = true;
    const writing = (async () => {
      for (let n = 0; n < 4; n++) await story(`-${unique()}`);
      isWriting = false;
    })();
    const heard: HeardMessage[] = [];
    let lastEventId: string | undefined;
    for (let cuts = 0; isWriting || BigInt(lastEventId ?? -1) < (await head()); cuts++) {
      const options = lastEventId === undefined ? {} : { lastEventId };
      const isLast = cuts > 20 && !isWriting;
      const cut = isLast ? {} : { cutAfterBytes: random(9_000) };
      const piece = await listen({ as: 'editor', query, ...options, ...cut });
      if (isLast) await heardUpTo(piece, await head());
      else await piece.over;
      piece.cut();
      heard.push(...piece.messages);
      lastEventId = piece.lastEventId;
    }
    await writing;
    await heardUpTo(whole, await head());
    expect(heard.map(({ id }) => id)).toEqual(whole.messages.map(({ id }) => id));
    expect(heard).toEqual(whole.messages);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(heard.length);
    const { rows } = await api.database.appPool.query<{ position: string }>(
      seed % 2 === 0
        ? 'SELECT position FROM ledger.events WHERE position > $1 ORDER BY position'
        : 'SELECT DISTINCT position FROM read_models.status_history WHERE position > $1 ORDER BY position',
      [from],
    );
    expect(heard.map(({ id }) => id)).toEqual(rows.map(({ position }) => position));
  });

  it('holds to the desk and topics that a thread had then, whenever it is asked', async () => {
    for (const n of [0, 1, 2, 3]) await story(`-${n}`);
    await mergeAndPart(api.parts as never);
    const from = (await head()).toString();
    const id = await open(`moves-${unique()}`, 'asia', ['russia']);
    const other = await open(`stays-${unique()}`, 'sport');
    await api.parts.threads.openClaim(id, { key: 'a', statement: 'A', core: true, standing: [] }, commandContext());
    await api.parts.threads.revise(id, { desk: 'europe', topics: ['war'] }, commandContext());
    await api.parts.threads.openClaim(id, { key: 'b', statement: 'B', core: true, standing: [] }, commandContext());
    const all = await listen({ as: 'editor', query: `?after=${from}&events=true` });
    const everything = await heardUpTo(all, await head());
    const types = async (filter: string, events = true) => {
      const listener = await listen({ as: 'editor', query: `?after=${from}&events=${events}${filter}` });
      return (await heardUpTo(listener, await head())).map(({ data }) => data.eventType);
    };
    const moved = ['ThreadOpened', 'ClaimOpened', 'ThreadRevised'];
    expect(everything.map(({ data }) => data.eventType)).toEqual([
      'ThreadOpened',
      'ThreadOpened',
      'ClaimOpened',
      'ThreadRevised',
      'ClaimOpened',
    ]);
    expect(await types('&desk=asia')).toEqual(moved);
    expect(await types('&desk=europe')).toEqual(['ThreadRevised', 'ClaimOpened']);
    expect(await types('&desk=europe&desk=sport')).toEqual(['ThreadOpened', 'ThreadRevised', 'ClaimOpened']);
    expect(await types('&topic=russia')).toEqual(moved);
    expect(await types('&topic=russia&desk=europe')).toEqual(['ThreadRevised']);
    expect(await types(`&thread=${other}`)).toEqual(['ThreadOpened']);
    expect(await types(`&thread=${other}&thread=${id}`, false)).toEqual([
      'ThreadOpened',
      'ThreadOpened',
      'ClaimOpened',
      'ClaimOpened',
    ]);
    expect(await types('&desk=nowhere')).toEqual([]);
  });

  it('moves a client on past what it leaves out, and keeps a quiet connection open', async () => {
    const listener = await listen({ query: '?desk=nowhere' });
    await story(`-${unique()}`);
    await heardUpTo(listener, await head());
    expect(listener.messages).toEqual([]);
    await expect.poll(() => listener.comments.length).toBeGreaterThan(3);
  });

  it('ends the stream of a client that is too slow, which then goes on where it was', async () => {
    const from = await head();
    const { keyId } = await api.parts.keys.verify(await api.secret('reader')).then((verified) => {
      if (verified.outcome !== 'accepted') throw new Error('The key is good.');
      return verified.key;
    });
    const filter = { threads: null, desks: null, topics: null, withEvents: false };
    // Nobody reads it, and so nothing is taken.
    const body = await api.app.get(LiveFeed).open({ keyId, sessionToken: null, filter, after: from });
    for (let n = 0; n < 3; n++) await story(`-${unique()}`);
    const whole = await listen({ query: `?after=${from}` });
    const expected = (await heardUpTo(whole, await head())).map(({ id }) => id);
    await expect.poll(() => body.readableLength).toBeGreaterThan(20_000);
    await story(`-${unique()}`);
    await heardUpTo(whole, await head());
    expect(body.readableLength).toBeLessThan(60_000);
    const taken = await text(body);
    expect(taken).toMatch(/\n: too slow.*\n\n$/);
    const ids = [...taken.matchAll(/^id: (\d+)\nevent/gm)].map(([, id]) => id ?? '');
    expect(ids.length).toBeGreaterThan(5);
    expect(ids.length).toBeLessThan(whole.messages.length);
    const rest = await listen({ query: '?after=0', lastEventId: ids.at(-1) ?? '' });
    await heardUpTo(rest, await head());
    expect([...ids, ...rest.messages.map(({ id }) => id)]).toEqual(whole.messages.map(({ id }) => id));
    expect(whole.messages.map(({ id }) => id).slice(0, expected.length)).toEqual(expected);
  });

  it('gives events to editors, and to nobody below', async () => {
    for (const as of ['reader', 'reporter'] as const) {
      const answer = await api.inject({ url: '/v1/feed?events=true', as });
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ code: 'role_too_low' });
    }
    const editor = await listen({ as: 'editor', query: '?events=true' });
    await api.parts.sources.register(
      { key: `s-${unique()}`, name: 'A source', kind: 'outlet', group: 'outlet:s', trustedConduit: false },
      commandContext(),
    );
    await expect
      .poll(() => editor.messages)
      .toMatchObject([{ name: 'event', data: { threadId: null, changes: [], event: { data: { name: 'A source' } } } }]);
    const reader = await listen();
    await open(`plain-${unique()}`);
    await expect.poll(() => reader.messages.length).toBe(1);
    expect(reader.messages[0]?.data).not.toHaveProperty('event');
  });

  it('ends when its key is revoked', async () => {
    const { key, secret } = await api.parts.keys.create({ name: 'gone', role: 'reader', createdBy: 'system:test' });
    const listener = await FeedListener.connect(url, { secret: secret ?? '' });
    await api.parts.keys.revoke(key.keyId, { id: 'system:test', name: 'Test' });
    expect(await listener.over).toBe('ended');
    expect(listener.comments.at(-1)).toContain('the API key has ended');
  });

  describe('of somebody who is signed in', () => {
    const signIn = async () => {
      const verified = await api.parts.sessions.signIn(await api.secret('reader'));
      if (verified.outcome !== 'accepted') throw new Error('The key is good.');
      return verified.session.token;
    };
    const listenAs = async (token: string) => {
      const listener = await FeedListener.connect(url, { cookie: `storyledger_session=${token}` });
      listeners.push(listener);
      return listener;
    };
    const deleteRow = (token: string, expire = false) =>
      api.database.ownerPool.query(
        expire
          ? `UPDATE operations.sessions SET expires_at = now() WHERE token_hash = sha256($1::bytea)`
          : `DELETE FROM operations.sessions WHERE token_hash = sha256($1::bytea)`,
        [token],
      );

    it('ends with the session, at once, and no other does', async () => {
      const [mine, theirs] = [await signIn(), await signIn()];
      const [ending, staying] = [await listenAs(mine), await listenAs(theirs)];
      const answer = await api.inject({
        method: 'DELETE',
        url: '/v1/session',
        headers: { cookie: `storyledger_session=${mine}`, 'x-csrf-token': csrfTokenOf(mine) },
      });
      expect(answer.json()).toEqual({ ended: true });
      expect(await ending.over).toBe('ended');
      expect(ending.comments.at(-1)).toContain('the session has ended');
      const slug = `after-${unique()}`;
      await open(slug);
      await expect.poll(() => staying.messages.at(-1)?.data.slug).toBe(slug);
      expect(ending.messages).toEqual([]);
    });

    it.each([
      ['ended in another process', false],
      ['run out', true],
    ])('ends once the session has %s', async (_, expire) => {
      const token = await signIn();
      const listener = await listenAs(token);
      await deleteRow(token, expire);
      expect(await listener.over).toBe('ended');
      expect(listener.comments.at(-1)).toContain('the session has ended');
    });

    it('of a tool with the same key goes on', async () => {
      const token = await signIn();
      const [session, tool] = [await listenAs(token), await listen()];
      await deleteRow(token);
      await session.over;
      const beats = tool.comments.length;
      await expect.poll(() => tool.comments.length).toBeGreaterThan(beats + 2);
    });
  });

  it.each([
    ['garbage', 'invalid_header'],
    ['1.5', 'invalid_header'],
    ['-2', 'invalid_header'],
    ['0x10', 'invalid_header'],
    ['9'.repeat(60), 'invalid_header'],
    ['1, 2', 'invalid_header'],
    ["1'; DROP TABLE ledger.events", 'invalid_header'],
    ['99999999999', 'feed_position_unknown'],
  ])('refuses the Last-Event-ID %s', async (id, code) => {
    const answer = await api.inject({ url: '/v1/feed', as: 'reader', headers: { 'last-event-id': id } });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code });
  });

  it.each([
    ['?after=soon', 400],
    ['?after=1&after=2', 400],
    ['?after=99999999999', 400],
    ['?desk=Asia', 400],
    ['?topic=', 400],
    ['?events=yes', 400],
    ['?limit=5', 400],
    ['?desk[a]=b', 400],
    [`?${'desk=a&'.repeat(3)}${Array.from({ length: 51 }, (_, n) => `desk=d${n}`).join('&')}`, 400],
    ['?thread=no-such-thread', 404],
  ])('refuses %s', async (query, status) => {
    const answer = await api.inject({ url: `/v1/feed${query}`, as: 'reader' });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('answers HEAD without waiting', async () => {
    const answer = await api.inject({ method: 'HEAD', url: '/v1/feed', as: 'reader' });
    expect(answer).toMatchObject({ statusCode: 200, body: '' });
    expect(answer.headers['content-type']).toContain('text/event-stream');
  });
});

describe('the live feed of a process', () => {
  it('takes no more streams than it can serve', async () => {
    const api = await createApiUnderTest({ feedLimits: { mostStreams: 1 } });
    const url = await api.app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 });
    const secret = await api.secret('reader');
    const first = await FeedListener.connect(url, { secret });
    const second = await api.inject({ url: '/v1/feed', as: 'reader' });
    expect(second.statusCode).toBe(429);
    expect(second.headers['retry-after']).toBe('5');
    first.cut();
    await first.over;
    await expect.poll(() => FeedListener.connect(url, { secret }).then((third) => third.cut(), String)).toBeUndefined();
    await api.close();
  });

  it('ends all streams cleanly when the process ends, and soon', async () => {
    const api = await createApiUnderTest();
    const url = await api.app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 });
    const secret = await api.secret('reader');
    const listeners = await Promise.all(Array.from({ length: 20 }, () => FeedListener.connect(url, { secret })));
    const started = Date.now();
    await api.close();
    // Without an end to the streams, the drain would wait for all of its 15 s.
    expect(Date.now() - started).toBeLessThan(10_000);
    for (const listener of listeners) {
      expect(await listener.over).toBe('ended');
      expect(listener.comments.at(-1)).toContain('shutting down');
    }
  });

  it('is told at once of what a projector beside it has applied', () => {
    const waiter = new ReadModelWaiter(null as never);
    let calls = 0;
    const stop = waiter.onApplied(() => {
      calls += 1;
    });
    waiter.applied(5n);
    waiter.applied(5n);
    waiter.applied(6n);
    stop();
    waiter.applied(7n);
    expect(calls).toBe(2);
  });
});

import { Body, Controller, Post } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '#domain';
import { EventStoreUnavailable, WrongExpectedRevision } from '#event-store';
import { Requires } from '../auth/access.js';
import { KeysController } from '../keys/keys.controller.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';
import { Text } from '../validation/text.fields.js';
import { CommandId } from './command-id.js';

class DeedDto {
  @Text({ max: 20 })
  deed!: string;
}

/** What the handlers below do next, and what they have seen. */
const stage = { commandIds: [] as string[], act: async (): Promise<unknown> => ({ done: true }) };

@Controller('deeds')
class DeedsController {
  @Post()
  @Requires('reporter')
  async act(@Body() _: DeedDto, @CommandId() commandId: string): Promise<unknown> {
    stage.commandIds.push(commandId);
    return stage.act();
  }
}

describe('a request under an Idempotency-Key', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest({ controllers: [DeedsController, KeysController] });
  });
  afterAll(() => api.close());
  beforeEach(() => {
    stage.commandIds = [];
    stage.act = async () => ({ done: true });
  });

  const post = (key: string | undefined, deed: unknown = 'report') =>
    api.inject({
      method: 'POST',
      url: '/deeds',
      as: 'reporter',
      payload: { deed },
      ...(key !== undefined && { headers: { 'idempotency-key': key } }),
    });

  it('is refused when it nests deeper than its hash could follow', async () => {
    const payload = `${'{"deed":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const headers = { 'idempotency-key': 'deep', 'content-type': 'application/json' };
    const answer = await api.inject({ method: 'POST', url: '/deeds', as: 'reporter', payload, headers });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'malformed_json' });
    expect(stage.commandIds).toEqual([]);
  });

  it('is carried out once, and answered alike', async () => {
    const first = await post('once');
    const again = await post('once');
    expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
    expect(again.body).toBe(first.body);
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(stage.commandIds).toHaveLength(1);
  });

  it('without one gets a new command id each time', async () => {
    await post(undefined);
    await post(undefined);
    expect(new Set(stage.commandIds).size).toBe(2);
    expect(stage.commandIds[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('with another body is refused', async () => {
    await post('body', 'one');
    const other = await post('body', 'two');
    expect(other.statusCode).toBe(422);
    expect(other.json()).toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('is refused while the first is under way, and answered when it is not', async () => {
    let finish: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => {
      stage.act = () => {
        resolve();
        return new Promise((done) => {
          finish = () => done({ done: true });
        });
      };
    });
    const first = post('flying');
    await entered;
    const meanwhile = await post('flying');
    expect(meanwhile.statusCode).toBe(409);
    expect(meanwhile.headers['retry-after']).toBe('1');
    expect(meanwhile.json()).toMatchObject({ code: 'idempotency_in_flight' });
    finish();
    const answered = await first;
    expect((await post('flying')).body).toBe(answered.body);
    expect(stage.commandIds).toHaveLength(1);
  });

  it('that the rules refuse is refused again without asking them', async () => {
    stage.act = async () => {
      throw new Refusal('thread_closed', 'Thread 7 is closed. Reopen it.');
    };
    const first = await post('refused');
    stage.act = async () => ({ done: true });
    const again = await post('refused');
    expect(again.statusCode).toBe(409);
    expect(again.body).toBe(first.body);
    expect(again.headers['content-type']).toContain('application/problem+json');
    expect(stage.commandIds).toHaveLength(1);
  });

  it.each([new Error('bug'), new EventStoreUnavailable('gone')])(
    'is tried again under the same command id after %s',
    async (error) => {
      const key = `failed-${error.name}`;
      stage.act = async () => {
        throw error;
      };
      expect((await post(key)).statusCode).toBeGreaterThanOrEqual(500);
      stage.act = async () => ({ done: true });
      expect((await post(key)).statusCode).toBe(201);
      expect(stage.commandIds).toHaveLength(2);
      expect(new Set(stage.commandIds).size).toBe(1);
    },
  );

  it('may be corrected when it was not valid, or rested on an old revision', async () => {
    expect((await post('fixed', '')).statusCode).toBe(400);
    stage.act = async () => {
      throw new WrongExpectedRevision('thread-1', 1n, 2n);
    };
    expect((await post('fixed', 'one')).statusCode).toBe(409);
    stage.act = async () => ({ done: true });
    expect((await post('fixed', 'two')).statusCode).toBe(201);
  });

  it('is answered although the answer cannot be kept', async () => {
    stage.act = async () => {
      await api.database.ownerPool.query('REVOKE UPDATE ON operations.idempotency_answers FROM storyledger_app');
      return { done: true };
    };
    const answer = await post('unkept');
    await api.database.ownerPool.query('GRANT UPDATE ON operations.idempotency_answers TO storyledger_app');
    expect(answer.statusCode).toBe(201);
    expect((await post('unkept')).statusCode).toBe(409);
  });

  it.each(['', 'a b', 'ä', 'x'.repeat(256), 'a\tb'])('is refused when the key is %j', async (key) => {
    const answer = await post(key);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid_header' });
    expect(stage.commandIds).toEqual([]);
  });

  it('may have a key of 255 characters', async () => {
    expect((await post('!'.repeat(255))).statusCode).toBe(201);
  });

  it('makes one API key, whose secret is neither stored nor shown again', async () => {
    const create = () =>
      api.inject({
        method: 'POST',
        url: '/v1/keys',
        as: 'admin',
        payload: { name: 'Wire', role: 'reporter' },
        headers: { 'idempotency-key': 'make-a-key' },
      });
    const first = (await create()).json();
    const again = (await create()).json();
    expect(first.secret).toMatch(/^sl_/);
    expect(again).toEqual({ ...first, secret: null });
    const { rows } = await api.database.ownerPool.query('SELECT body FROM operations.idempotency_answers');
    expect(rows.length).toBeGreaterThan(5);
    expect(JSON.stringify(rows)).not.toMatch(/sl_[0-9a-f]{32}/);
  });
});

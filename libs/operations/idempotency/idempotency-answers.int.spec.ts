import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { ApiKeys } from '../api-keys/api-keys.js';
import { IdempotencyAnswers, type Ticket } from './idempotency-answers.js';

const hash = (body: string) => createHash('sha256').update(body).digest();
const ANSWER = { status: 201, headers: { etag: '"3"' }, body: '{"position":"7"}' };

describe('answers under an Idempotency-Key', () => {
  let database: TestDatabase;
  let answers: IdempotencyAnswers;
  let keyId: string;
  let otherKeyId: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    answers = new IdempotencyAnswers(database.appPool);
    const keys = new ApiKeys(database.appPool);
    const make = async () => (await keys.create({ name: 'k', role: 'reporter', createdBy: 'system:test' })).key.keyId;
    [keyId, otherKeyId] = [await make(), await make()];
  });
  afterAll(() => database.drop());

  const begin = (idempotencyKey: string, body = 'a', of = answers, as = keyId) =>
    of.begin({ keyId: as, idempotencyKey, requestHash: hash(body) });
  const ticketOf = async (beginning: ReturnType<typeof begin>): Promise<Ticket> => {
    const begun = await beginning;
    if (begun.outcome !== 'new') throw new Error(`expected a new request, got ${begun.outcome}`);
    return begun.ticket;
  };
  const age = (idempotencyKey: string, column: 'started_at' | 'expires_at', interval: string) =>
    database.ownerPool.query(
      `UPDATE operations.idempotency_answers SET ${column} = now() - $2::interval WHERE idempotency_key = $1`,
      [idempotencyKey, interval],
    );

  it('gives the first answer again', async () => {
    const ticket = await ticketOf(begin('again'));
    expect(ticket.first).toBe(true);
    expect(await answers.complete(ticket, ANSWER)).toBe(true);
    expect(await begin('again')).toEqual({ outcome: 'answered', answer: ANSWER });
  });

  it('refuses the key for another request, answered or not', async () => {
    const ticket = await ticketOf(begin('other'));
    expect(await begin('other', 'b')).toEqual({ outcome: 'mismatch' });
    await answers.complete(ticket, ANSWER);
    expect(await begin('other', 'b')).toEqual({ outcome: 'mismatch' });
  });

  it('is in flight until it is answered', async () => {
    await begin('flying');
    expect(await begin('flying')).toEqual({ outcome: 'in_flight' });
  });

  it('keeps the keys of two callers apart', async () => {
    await begin('same');
    expect(await begin('same', 'b', answers, otherKeyId)).toMatchObject({ outcome: 'new' });
  });

  it('lets one of many through', async () => {
    const begun = await Promise.all(Array.from({ length: 20 }, () => begin('many')));
    expect(begun.filter(({ outcome }) => outcome === 'new')).toHaveLength(1);
    expect(begun.filter(({ outcome }) => outcome === 'in_flight')).toHaveLength(19);
  });

  it('lets one of many through while the first insert is not committed', async () => {
    const holder = await database.ownerPool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(
        `INSERT INTO operations.idempotency_answers
           (key_id, idempotency_key, request_hash, command_id, attempt, expires_at)
         VALUES ($1, 'raced', $2, gen_random_uuid(), gen_random_uuid(), now() + interval '1 hour')`,
        [keyId, hash('a')],
      );
      const begun = [begin('raced'), begin('raced'), begin('raced')];
      await expect
        .poll(async () => {
          const { rows } = await database.ownerPool.query(
            `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
          );
          return rows[0].count;
        })
        .toBe(3);
      await holder.query('ROLLBACK');
      const outcomes = (await Promise.all(begun)).map(({ outcome }) => outcome).sort();
      expect(outcomes).toEqual(['in_flight', 'in_flight', 'new']);
    } finally {
      holder.release();
    }
  });

  it('takes over a dead try under the same command id, and ignores what the dead one says later', async () => {
    const dead = await ticketOf(begin('dead'));
    await age('dead', 'started_at', '29 seconds');
    expect(await begin('dead')).toEqual({ outcome: 'in_flight' });
    await age('dead', 'started_at', '31 seconds');
    expect(await begin('dead', 'b')).toEqual({ outcome: 'mismatch' });
    const heir = await ticketOf(begin('dead'));
    expect(heir).toMatchObject({ commandId: dead.commandId, first: false });
    expect(await begin('dead')).toEqual({ outcome: 'in_flight' });
    expect(await answers.complete(dead, { ...ANSWER, status: 500 })).toBe(false);
    expect(await answers.complete(heir, ANSWER)).toBe(true);
    expect(await begin('dead')).toEqual({ outcome: 'answered', answer: ANSWER });
  });

  it('lets one of many take over', async () => {
    const dead = await ticketOf(begin('heirs'));
    await age('heirs', 'started_at', '31 seconds');
    const begun = await Promise.all(Array.from({ length: 10 }, () => begin('heirs')));
    const heirs = begun.flatMap((each) => (each.outcome === 'new' ? [each.ticket.commandId] : []));
    expect(heirs).toEqual([dead.commandId]);
  });

  it('goes on under the same command id after a try was abandoned', async () => {
    const first = await ticketOf(begin('abandoned'));
    await answers.abandon(first);
    expect(await begin('abandoned', 'b')).toEqual({ outcome: 'mismatch' });
    expect(await ticketOf(begin('abandoned'))).toMatchObject({ commandId: first.commandId, first: false });
  });

  it('frees the key when nothing was done', async () => {
    const first = await ticketOf(begin('free'));
    await answers.forget(first);
    const second = await ticketOf(begin('free', 'b'));
    expect(second.commandId).not.toBe(first.commandId);
  });

  it('keeps the command id of a try that may have done something, whatever the next one finds', async () => {
    const first = await ticketOf(begin('maybe'));
    await answers.abandon(first);
    const second = await ticketOf(begin('maybe'));
    await answers.forget(second);
    expect((await ticketOf(begin('maybe'))).commandId).toBe(first.commandId);
  });

  it('starts anew after a day, for any request', async () => {
    const ticket = await ticketOf(begin('old'));
    await answers.complete(ticket, ANSWER);
    await age('old', 'expires_at', '1 second');
    const anew = await ticketOf(begin('old', 'b'));
    expect(anew.commandId).not.toBe(ticket.commandId);
    expect(anew.first).toBe(true);
    expect(await begin('old', 'b')).toEqual({ outcome: 'in_flight' });
  });

  it('purges what has expired, a bounded number at a time, and nothing else', async () => {
    for (const name of ['p1', 'p2', 'p3', 'kept']) await begin(name);
    for (const name of ['p1', 'p2', 'p3']) await age(name, 'expires_at', '1 second');
    expect(await answers.purge(2)).toBe(2);
    expect(await answers.purge()).toBe(1);
    expect(await answers.purge()).toBe(0);
    expect(await begin('kept')).toEqual({ outcome: 'in_flight' });
  });
});

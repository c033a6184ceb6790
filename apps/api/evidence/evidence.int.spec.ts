import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle, SigningKey, verifyBundle } from '#proof';
import { startProjector } from '../../projector/start-projector.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

describe('evidence by REST', () => {
  let api: ApiUnderTest;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    api = await createApiUnderTest();
    stop = startProjector({ ...api.parts, checkpointMs: 60_000 }).stop;
    const thread = {
      headline: 'Kim goes to Russia',
      slug: 'kim-russia',
      desk: 'asia',
      topics: [],
      language: 'en',
      claims: [{ key: 'visit', statement: 'Kim visits Russia' }],
    };
    expect((await api.inject({ method: 'POST', url: '/v1/threads', payload: thread, as: 'reporter' })).statusCode).toBe(
      201,
    );
  });
  afterAll(async () => {
    await stop();
    await api.close();
  });

  const get = (as: 'reporter' | 'editor' | 'admin', thread = 'kim-russia') =>
    api.inject({ url: `/v1/threads/${thread}/evidence`, as });
  const accesses = async () =>
    (await api.parts.pool.query(`SELECT * FROM operations.access_log WHERE action = 'evidence.exported'`)).rows;

  it('is refused by a process without the key, and noted only when it is given out', async () => {
    expect((await get('admin')).json()).toMatchObject({ code: 'no_signing_key', status: 409 });
    expect(await accesses()).toEqual([]);
  });

  it('is a zip that verifies, for editors, and each export is noted', async () => {
    const key = SigningKey.generate('example.org/ledger');
    await api.parts.proof.checkpoints.addFirstKey(key.verifier);
    api.parts.proof.signer.use(key);
    const answer = await get('editor');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/zip');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="evidence-kim-russia-r1.zip"');
    const { problems, proven } = verifyBundle(readBundle(answer.rawPayload), { keys: [key.verifier] });
    expect(problems).toEqual([]);
    expect(proven.length).toBeGreaterThan(3);
    const [line] = await accesses();
    const { threadId } = (await api.inject({ url: '/v1/threads/kim-russia', as: 'reader' })).json();
    expect(line).toMatchObject({
      actor_name: 'test editor',
      action: 'evidence.exported',
      subject: `thread-${threadId}`,
      detail: { revision: '1', events: 2 },
    });
  });

  it('is nothing for reporters, nor of a thread that is not there', async () => {
    expect((await get('reporter')).statusCode).toBe(403);
    for (const thread of ['nothing-there', '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11']) {
      expect((await get('editor', thread)).json()).toMatchObject({ code: 'thread_not_found', status: 404 });
    }
    expect(await accesses()).toHaveLength(1);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { AccessLog } from './access-log.js';

describe('the access log', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('says who looked at what, when, and how', async () => {
    const actor = { id: 'key:01900000-0000-7000-8000-000000000001', name: 'Standards desk' };
    await new AccessLog(database.appPool).record({
      actor,
      action: 'evidence.exported',
      subject: 'thread-1',
      detail: { events: 12 },
    });
    const { rows } = await database.appPool.query('SELECT * FROM operations.access_log');
    expect(rows).toMatchObject([
      {
        actor_id: actor.id,
        actor_name: actor.name,
        action: 'evidence.exported',
        subject: 'thread-1',
        detail: { events: 12 },
      },
    ]);
    expect(rows[0].at).toBeInstanceOf(Date);
  });

  it.each([
    'UPDATE operations.access_log SET actor_name = $$$$',
    'DELETE FROM operations.access_log',
    'TRUNCATE operations.access_log',
  ])('refuses the application %s', async (statement) => {
    await expect(database.appPool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Newsroom, openNewsroom } from '../../test/newsroom.js';
import { commandContext } from '../../test/tell-story.js';

const ANY_ID = '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11';
const WAIT_MS = 50;

describe('a receipt right after a ledger was copied to another store', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
  });
  afterAll(() => newsroom.close());

  const register = (name: string) =>
    newsroom.sources.register(
      { key: null, name, kind: 'agency', group: `agency:${name}`, trustedConduit: false },
      commandContext(),
    );
  const lastId = async () => {
    let id = '';
    for await (const event of newsroom.store.readAll()) id = event.id;
    return id;
  };

  it('is pending while the tree has not read the log, wherever its leaves stood before', async () => {
    const { proof, database } = newsroom;
    await register('Tass');
    await proof.projector().catchUp();
    await database.ownerPool.query(`
      ALTER TABLE proof.leaves DISABLE TRIGGER leaves_are_immutable;
      UPDATE proof.leaves SET position = position + 1000000;
      ALTER TABLE proof.leaves ENABLE TRIGGER leaves_are_immutable`);
    await register('Afp');
    expect(await proof.receipts.of([await lastId()], WAIT_MS)).toEqual({ outcome: 'pending' });
    expect(await proof.receipts.of([ANY_ID], WAIT_MS)).toEqual({ outcome: 'pending' });
    await proof.projector().catchUp();
    // Nobody has signed: this process has no key.
    expect(await proof.receipts.of([await lastId()], WAIT_MS)).toEqual({ outcome: 'pending' });
    expect(await proof.receipts.of([ANY_ID], WAIT_MS)).toEqual({ outcome: 'unknown' });
  });

  it('is pending, and not unknown, where the log is another one', async () => {
    const { proof, database } = newsroom;
    await database.ownerPool.query(`
      ALTER TABLE proof.leaves DISABLE TRIGGER leaves_are_immutable;
      UPDATE proof.leaves SET event_id = '${ANY_ID}' WHERE leaf_index = (SELECT max(leaf_index) FROM proof.leaves);
      ALTER TABLE proof.leaves ENABLE TRIGGER leaves_are_immutable`);
    expect(await proof.receipts.of([await lastId()], WAIT_MS)).toEqual({ outcome: 'pending' });
  });
});

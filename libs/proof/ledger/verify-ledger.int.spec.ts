import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawEvent } from '#event-store';
import { all, SeededEvents } from '#event-store/testing';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { canonicalEvent } from '../canonical-event.js';
import { eventHash } from '../event-hash.js';
import { SigningKey } from '../notes/signing-key.js';
import { Proof } from '../proof.js';
import { type LedgerReport, verifyLedger } from './verify-ledger.js';

const TABLES = ['ledger.events', 'proof.leaves', 'proof.nodes', 'proof.keys', 'proof.checkpoints'];

/** What an attacker does who owns the database: no trigger and no privilege is in the way. */
async function tamper(owner: Pool, ...statements: string[]): Promise<void> {
  for (const table of TABLES) await owner.query(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
  for (const statement of statements) await owner.query(statement);
}

describe('verifying a whole ledger', () => {
  const make = new SeededEvents(0x7a);
  const key = SigningKey.generate('example.org/ledger');
  let newsroom: Newsroom;
  let proof: Proof;
  let events: readonly RawEvent[];

  beforeEach(async () => {
    newsroom = await openNewsroom();
    proof = new Proof({ pool: newsroom.database.appPool, store: newsroom.store, key });
    await proof.checkpoints.addFirstKey(key.verifier);
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 4; n++) await record(6);
      await proof.signer.sign();
    }
    await record(5);
    events = (await all(newsroom.store.readRaw())).flat();
  });
  afterEach(() => newsroom.close());

  async function record(count: number): Promise<void> {
    const news = [make.threadClosed('Größe'), ...Array.from({ length: count - 1 }, () => make.claimReported())];
    await newsroom.store.append(
      make.threadStream(),
      'none',
      news.map((event) => make.newEvent(event)),
    );
    await proof.projector().catchUp();
  }
  const owner = () => newsroom.database.ownerPool;
  const verify = (...against: string[]): Promise<LedgerReport> => {
    const { tree, checkpoints } = proof;
    return verifyLedger({ store: newsroom.store, tree, checkpoints, against });
  };
  const first = async (...against: string[]) => (await verify(...against)).findings[0];
  const at = (index: number) => {
    const { stream, revision, id } = events[index]!;
    return { index, stream, revision: revision.toString(), eventId: id };
  };

  it('finds nothing where nothing was touched', async () => {
    expect(await verify()).toEqual({ events: 77, leaves: 77, checkpoints: 3, unsigned: 5, pending: 0, findings: [] });
    await newsroom.store.append(make.threadStream(), 'none', make.newEvents(2));
    expect(await verify()).toMatchObject({ events: 77, pending: 2, findings: [] });
  });

  it('finds nothing in an empty ledger', async () => {
    const empty = await openNewsroom();
    const { tree, checkpoints } = empty.proof;
    const report = await verifyLedger({ store: empty.store, tree, checkpoints });
    expect(report).toEqual({ events: 0, leaves: 0, checkpoints: 0, unsigned: 0, pending: 0, findings: [] });
    await empty.close();
  });

  describe('names the event whose', () => {
    const changes: readonly (readonly [what: string, set: string])[] = [
      ['first letter of a quote was changed', `data = replace(data::text, 'Kim''s', 'Tim''s')::json`],
      ['key of a field was changed', `data = replace(data::text, '"quote"', '"quota"')::json`],
      ['flag was turned', `data = replace(data::text, '"tentative":true', '"tentative":null')::json`],
      ['schema version was changed', 'schema_version = 2'],
      ['type was changed', `type = 'ClaimDenied'`],
      ['type is none', `type = 'ClaimReportee'`],
      ['actor was changed', `actor_id = 'key:2'`],
      ['actor has another name', `actor_name = 'Somebody else'`],
      ['time was changed by a millisecond', `recorded_at = recorded_at + interval '1 millisecond'`],
      ['time is none', `recorded_at = 'infinity'`],
      ['correlation was changed', `correlation_id = correlation_id || 'x'`],
      ['cause was taken out', `causation_id = 'x'`],
      ['batch was changed', `batch_id = 'x'`],
      ['revision was changed', 'revision = 99'],
      ['stream was changed', `stream = 'thread-x'`],
      ['number is too large for JSON', `data = '{"reason":1e999}'`],
    ];
    it.each(changes)('%s', async (_, set) => {
      await tamper(owner(), `UPDATE ledger.events SET ${set} WHERE position = 31`);
      const report = await verify();
      expect(report.findings[0]).toMatchObject({ what: 'changed', ...at(31) });
      expect(report.findings[0]?.message).toContain(`revision ${at(31).revision}`);
      expect(report.events).toBe(31);
    });

    it('id was changed', async () => {
      await tamper(owner(), `UPDATE ledger.events SET id = gen_random_uuid() WHERE position = 31`);
      expect(await first()).toMatchObject({ what: 'changed', ...at(31) });
    });

    it('any single letter was changed', async () => {
      const json = JSON.stringify(events[40]!.data);
      await tamper(owner());
      for (let letter = 0; letter < json.length; letter += 7) {
        const changed = `${json.slice(0, letter)}${json[letter] === '7' ? '8' : '7'}${json.slice(letter + 1)}`;
        const set = 'UPDATE ledger.events SET data = $1::json WHERE position = 40';
        // What is no JSON any more, the database refuses by itself.
        const isJson = await owner()
          .query(set, [changed])
          .then(
            () => true,
            () => false,
          );
        if (!isJson) continue;
        expect(await first(), changed).toMatchObject({ what: 'changed', ...at(40) });
      }
      await owner().query('UPDATE ledger.events SET data = $1::json WHERE position = 40', [json]);
      expect((await verify()).findings).toEqual([]);
    });
  });

  it('names the event that was removed: in the middle, at the start, at the end', async () => {
    await tamper(owner(), 'DELETE FROM ledger.events WHERE position = 76');
    expect(await first()).toMatchObject({ what: 'removed', ...at(76) });
    await tamper(owner(), 'DELETE FROM ledger.events WHERE position IN (30, 31)');
    expect(await first()).toMatchObject({ what: 'removed', ...at(30) });
    await tamper(owner(), 'DELETE FROM ledger.events WHERE position = 0');
    expect(await first()).toMatchObject({ what: 'removed', ...at(0) });
  });

  it('names the event that was removed when those behind it have moved up', async () => {
    await tamper(
      owner(),
      'DELETE FROM ledger.events WHERE position = 30',
      'UPDATE ledger.events SET position = position - 1000 WHERE position > 30',
      'UPDATE ledger.events SET position = position + 999 WHERE position < 0',
    );
    expect(await first()).toMatchObject({ what: 'removed', ...at(30) });
  });

  it('names the event that was inserted', async () => {
    await tamper(
      owner(),
      'UPDATE ledger.events SET position = position + 1000 WHERE position >= 30',
      `INSERT INTO ledger.events SELECT 30, 'thread-forged', 0, '01900000-0000-7000-8000-00000000f0f0', type, schema_version,
         data, actor_id, actor_name, correlation_id, causation_id, batch_id, recorded_at
       FROM ledger.events WHERE position = 29`,
    );
    expect(await first()).toMatchObject({
      what: 'inserted',
      index: 30,
      stream: 'thread-forged',
      revision: '0',
      eventId: '01900000-0000-7000-8000-00000000f0f0',
    });
  });

  it('names the first event that was reordered', async () => {
    await tamper(
      owner(),
      'UPDATE ledger.events SET position = -1 WHERE position = 20',
      'UPDATE ledger.events SET position = 20 WHERE position = 40',
      'UPDATE ledger.events SET position = 40 WHERE position = -1',
    );
    expect(await first()).toMatchObject({ what: 'reordered', ...at(20) });
  });

  it('names the event that was replaced by another', async () => {
    await tamper(owner(), `UPDATE ledger.events SET id = gen_random_uuid(), stream = 'thread-x' WHERE position = 20`);
    expect(await first()).toMatchObject({ what: 'changed', ...at(20) });
  });

  describe('of which the attacker has changed the tree too', () => {
    /** As the projector would have made it: the event and its leaf say the same. */
    async function rewrite(index: number): Promise<void> {
      await tamper(owner(), `UPDATE ledger.events SET actor_name = 'Somebody else' WHERE position = ${index}`);
      const rewritten = (await all(newsroom.store.readRaw())).flat()[index]!;
      const hash = eventHash(canonicalEvent(rewritten)).toString('hex');
      await owner().query(`UPDATE proof.leaves SET hash = '\\x${hash}' WHERE leaf_index = ${index}`);
    }
    /** And all that was hashed above it. */
    async function rebuildTree(): Promise<void> {
      await owner().query('TRUNCATE proof.leaves, proof.nodes');
      await proof.projector().catchUp();
    }

    it('the leaf alone: the signatures and the tree above say among which events', async () => {
      await rewrite(31);
      expect(await first()).toMatchObject({ what: 'rewritten', index: 24 });
      expect((await first())?.message).toMatch(/among 24 to 47; .*among 24 to 31/);
    });

    it('the whole tree: the signatures say among which events', async () => {
      await rewrite(31);
      await rebuildTree();
      const report = await verify();
      expect(report.findings).toHaveLength(1);
      expect(report.findings[0]).toMatchObject({ what: 'rewritten', index: 24 });
      expect(report.events).toBe(77);
    });

    it('and the checkpoints, with a key of its own: the first key has not vouched for it', async () => {
      await rewrite(31);
      await rebuildTree();
      await owner().query('TRUNCATE proof.checkpoints');
      const forger = SigningKey.generate('example.org/ledger');
      await owner().query('INSERT INTO proof.keys (verifier_key) VALUES ($1)', [forger.verifier.text]);
      await new Proof({ pool: owner(), store: newsroom.store, key: forger }).signer.sign();
      expect(await first()).toMatchObject({ what: 'forged' });
    });

    it('and everything, with the key of the ledger: a checkpoint that was kept elsewhere says it', async () => {
      const kept = (await proof.checkpoints.list(10)).map(({ note }) => note);
      await rewrite(31);
      await rebuildTree();
      await owner().query('TRUNCATE proof.checkpoints');
      await proof.signer.sign();
      expect((await verify()).findings).toEqual([]);
      for (const note of kept.slice(0, 2)) expect(await first(note)).toMatchObject({ what: 'rewritten', index: 0 });
      expect((await verify(kept[2]!)).findings).toEqual([]);
      expect(await first(...kept)).toMatchObject({ what: 'rewritten', index: 24 });
    });

    it('and everything, keys too: a checkpoint that was kept elsewhere says that also', async () => {
      const kept = (await proof.checkpoints.latest())!.note;
      await rewrite(31);
      await rebuildTree();
      await owner().query('TRUNCATE proof.checkpoints, proof.keys');
      const forger = SigningKey.generate('example.org/ledger');
      await new Proof({ pool: owner(), store: newsroom.store, key: forger }).checkpoints.addFirstKey(forger.verifier);
      await new Proof({ pool: owner(), store: newsroom.store, key: forger }).signer.sign();
      expect((await verify()).findings).toEqual([]);
      const { findings } = await verify(kept);
      expect(findings.map(({ what }) => what)).toEqual(['rewritten', 'forged']);
    });
  });

  it('finds a fork: two ledgers that were one until a checkpoint', async () => {
    const kept = async (story: string) => {
      await newsroom.store.append(make.threadStream(), 'none', [make.newEvent(make.threadClosed(story))]);
      await proof.projector().catchUp();
      return (await proof.signer.sign()).note;
    };
    const shown = await kept('As it was shown to the court.');
    await tamper(
      owner(),
      'DELETE FROM ledger.events WHERE position = 77',
      'DELETE FROM proof.leaves WHERE leaf_index = 77',
      'DELETE FROM proof.checkpoints WHERE size = 78',
    );
    await kept('As it is told now.');
    expect((await verify()).findings).toEqual([]);
    expect(await first(shown)).toMatchObject({ what: 'forked', index: 72 });
  });

  it('finds the end of the log cut off together with its tree', async () => {
    await tamper(
      owner(),
      'DELETE FROM ledger.events WHERE position >= 60',
      'DELETE FROM proof.leaves WHERE leaf_index >= 60',
    );
    expect(await first()).toMatchObject({ what: 'removed', index: 60 });
    const kept = (await proof.checkpoints.latest())!.note;
    await owner().query('DELETE FROM proof.checkpoints WHERE size > 60');
    expect((await verify()).findings).toEqual([]);
    expect(await first(kept)).toMatchObject({ what: 'removed', index: 60 });
  });

  it('finds a checkpoint that says something else than its row, and one that was changed', async () => {
    await tamper(owner(), 'UPDATE proof.checkpoints SET size = 49 WHERE size = 48');
    expect(await first()).toMatchObject({ what: 'forged' });
    await owner().query(`UPDATE proof.checkpoints SET note = replace(note, E'\\n24\\n', E'\\n25\\n')`);
    expect((await verify()).findings.map(({ message }) => message).join()).toMatch(/signature of key .* is wrong/);
  });

  it('finds a stored tree that is not that of its leaves', async () => {
    await tamper(owner(), `UPDATE proof.nodes SET hash = sha256('x') WHERE level = 4 AND node_index = 2`);
    expect(await first()).toMatchObject({ what: 'tree_altered' });
    await owner().query('DELETE FROM proof.leaves WHERE leaf_index = 3');
    expect((await verify()).findings.length).toBeGreaterThan(0);
  });
});

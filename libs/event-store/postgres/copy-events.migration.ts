import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Takes over events of another store with their times. For the owner alone: the application has no right to it. */
export class CopyEvents1790000200003 implements MigrationInterface {
  readonly name = 'CopyEvents1790000200003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COPY_EVENTS);
    await runner.query('REVOKE ALL ON FUNCTION ledger.copy_events FROM PUBLIC');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION ledger.copy_events');
  }
}

/*
 * batch: one object an event: { n: its place in the order of the log, i: id, s: stream, x: revision, t: type, v: version, d: data,
 *   ai, an: actor, co: correlation, ca: causation, ba: batch of an import, at: time }
 * Those that the log ends with are passed over: the answer to an earlier try may have been lost. Answers how many were new.
 */
const COPY_EVENTS = `
  CREATE FUNCTION ledger.copy_events(batch json) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
  DECLARE
    base bigint;
    copied integer;
  BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      RAISE EXCEPTION 'ledger.copy_events needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    -- As every append does: positions are gapless and in the order of the commits.
    PERFORM pg_advisory_xact_lock(5990713261117);
    SELECT coalesce(max(position), -1) INTO base FROM ledger.events;
    WITH fresh AS (
      SELECT g.*, row_number() OVER (ORDER BY g.n) AS k
      FROM json_to_recordset(batch) AS g(n integer, i uuid, s text, x bigint, t text, v integer, d json,
                                         ai text, an text, co text, ca text, ba text, at timestamptz)
      WHERE NOT EXISTS (SELECT FROM ledger.events e WHERE e.id = g.i AND e.stream = g.s AND e.revision = g.x)
    )
    INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data,
                               actor_id, actor_name, correlation_id, causation_id, batch_id, recorded_at)
    SELECT base + f.k, f.s, f.x, f.i, f.t, f.v, f.d, f.ai, f.an, f.co, f.ca, f.ba, f.at FROM fresh f ORDER BY f.k;
    GET DIAGNOSTICS copied = ROW_COUNT;
    RETURN copied;
  END $$`;

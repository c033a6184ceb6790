import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One event from plain values: with a single writer most of an append went into taking it out of arrays of one. */
export class AppendOneEvent1790001100002 implements MigrationInterface {
  readonly name = 'AppendOneEvent1790001100002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(APPEND_EVENT);
    await runner.query(`
      REVOKE ALL ON FUNCTION ledger.append_event FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ledger.append_event TO storyledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION ledger.append_event');
  }
}

/*
 * Like `ledger.append_events` for an append of one event: the same lock, the same checks, the same answer. What is not as
 * expected it leaves to that function.
 */
const APPEND_EVENT = `
  CREATE FUNCTION ledger.append_event(
    a_stream text, a_expected bigint, a_follows uuid, a_id uuid, a_type text, a_version integer, a_data json,
    a_actor text, a_name text, a_correlation text, a_causation text, a_batch text)
  RETURNS TABLE (base bigint, at bigint, heads bigint[], judged json)
  LANGUAGE plpgsql VOLATILE
  SET enable_seqscan TO off SET jit TO off SET plan_cache_mode TO force_generic_plan SET lock_timeout TO '5s' AS $$
  DECLARE
    last_at timestamptz;
    now_at timestamptz;
    head bigint;
    head_id uuid;
  BEGIN
    -- A snapshot older than the lock would not show what the last holder committed.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      RAISE EXCEPTION 'ledger.append_event needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    -- An acknowledged event is durable, whatever the session or the server says.
    IF current_setting('synchronous_commit') = 'off' THEN
      PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    -- Held until the commit is visible to all: whoever appends next gets higher positions and commits later.
    PERFORM pg_advisory_xact_lock(5990713261117);
    SELECT e.position, e.recorded_at INTO base, last_at FROM ledger.events e ORDER BY e.position DESC LIMIT 1;
    base := coalesce(base, -1);
    now_at := greatest(date_trunc('milliseconds', clock_timestamp()), last_at);
    SELECT e.revision, e.id INTO head, head_id FROM ledger.events e
      WHERE e.stream = a_stream ORDER BY e.revision DESC LIMIT 1;
    head := coalesce(head, -1);
    IF coalesce(a_expected = head, true) AND (a_follows IS NULL OR coalesce(a_follows = head_id, false)) THEN
      INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data,
                                 actor_id, actor_name, correlation_id, causation_id, batch_id, recorded_at)
      VALUES (base + 1, a_stream, head + 1, a_id, a_type, a_version, a_data,
              a_actor, a_name, a_correlation, a_causation, a_batch, now_at)
      ON CONFLICT (id) DO NOTHING;
      IF FOUND THEN
        at := (extract(epoch FROM now_at) * 1000)::bigint;
        heads := ARRAY[head];
        RETURN NEXT;
        RETURN;
      END IF;
    END IF;
    RETURN QUERY SELECT * FROM ledger.append_events(
      ARRAY[1], ARRAY[1], ARRAY[a_stream], ARRAY[a_expected], ARRAY[a_follows], ARRAY[a_id], ARRAY[a_type],
      ARRAY[a_version], ARRAY[a_data], ARRAY[a_actor], ARRAY[a_name], ARRAY[a_correlation], ARRAY[a_causation], ARRAY[a_batch]);
  END $$`;

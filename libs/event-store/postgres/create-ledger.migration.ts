import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log, and the one function that appends to it. See docs/adr/0001-positions-under-a-commit-ordering-lock.md. */
export class CreateLedger1790000000001 implements MigrationInterface {
  readonly name = 'CreateLedger1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA ledger;
      CREATE TABLE ledger.events (
        position       bigint PRIMARY KEY,
        stream         text NOT NULL,
        revision       bigint NOT NULL,
        id             uuid NOT NULL UNIQUE,
        type           text NOT NULL,
        schema_version integer NOT NULL,
        data           json NOT NULL,
        actor_id       text NOT NULL,
        actor_name     text NOT NULL,
        correlation_id text NOT NULL,
        causation_id   text,
        batch_id       text,
        recorded_at    timestamptz(3) NOT NULL,
        UNIQUE (stream, revision)
      );

      CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'ledger.events is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$;
      CREATE TRIGGER events_are_immutable BEFORE UPDATE OR DELETE ON ledger.events
        FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
      CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON ledger.events
        FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
    `);
    await runner.query(APPEND_BATCH);
    await runner.query(`
      GRANT USAGE ON SCHEMA ledger TO storyledger_app;
      GRANT SELECT, INSERT ON ledger.events TO storyledger_app;
      REVOKE ALL ON FUNCTION ledger.append_batch(json) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ledger.append_batch(json) TO storyledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA ledger CASCADE');
  }
}

/*
 * batch: { "a": [{ o: number of the append, s: stream, x: expected revision or null for any, n: count of events }],
 *          "e": [{ o: number of its append, k: place in it from 0, i: id, t: type, v: version, d: data, ... }] }
 * Each stream stands in a batch once. Answers one row for each append: `known` counts its ids that the log holds.
 * Sequential scans are off because a plan made while the table was small would be kept while it grows.
 */
const APPEND_BATCH = `
  CREATE FUNCTION ledger.append_batch(batch json)
  RETURNS TABLE (o integer, accepted boolean, head bigint, known bigint, known_here bigint,
                 position_last bigint, revision_last bigint, at timestamptz)
  LANGUAGE plpgsql VOLATILE SET enable_seqscan TO off SET jit TO off AS $$
  DECLARE
    base bigint;
    last_at timestamptz;
    now_at timestamptz;
  BEGIN
    -- Held until the commit is visible to all: whoever appends next gets higher positions and commits later.
    PERFORM pg_advisory_xact_lock(5990713261117);
    SELECT e.position, e.recorded_at INTO base, last_at FROM ledger.events e ORDER BY e.position DESC LIMIT 1;
    base := coalesce(base, -1);
    now_at := greatest(date_trunc('milliseconds', clock_timestamp()), last_at);
    RETURN QUERY
    WITH appends AS MATERIALIZED (
      SELECT a.o, a.s, a.x, a.n FROM json_to_recordset(batch -> 'a') AS a(o integer, s text, x bigint, n bigint)
    ), rows AS MATERIALIZED (
      SELECT * FROM json_to_recordset(batch -> 'e')
        AS e(o integer, k bigint, i uuid, t text, v integer, d json, an text, ai text, co text, ca text, ba text)
    ), knowns AS MATERIALIZED (
      SELECT r.o, count(*) AS known, count(*) FILTER (WHERE h.stream = a.s) AS known_here,
             max(h.position) AS position_last, max(h.revision) AS revision_last, max(h.recorded_at) AS at
      FROM rows r JOIN appends a ON a.o = r.o
      -- OFFSET 0 keeps this a lookup by id for each row, however large the log.
      CROSS JOIN LATERAL (SELECT * FROM ledger.events e WHERE e.id = r.i OFFSET 0) h
      GROUP BY r.o
    ), judged AS MATERIALIZED (
      SELECT a.o, a.s, a.x, a.n, k.known, k.known_here, k.position_last, k.revision_last, k.at,
             coalesce((SELECT e.revision FROM ledger.events e WHERE e.stream = a.s ORDER BY e.revision DESC LIMIT 1), -1) AS head
      FROM appends a LEFT JOIN knowns k ON k.o = a.o
    ), accepts AS MATERIALIZED (
      SELECT j.o, j.s, j.n, j.head, base + (sum(j.n) OVER (ORDER BY j.o))::bigint - j.n AS before
      FROM judged j WHERE j.known IS NULL AND (j.x IS NULL OR j.x = j.head)
    ), inserted AS (
      INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data,
                                 actor_id, actor_name, correlation_id, causation_id, batch_id, recorded_at)
      SELECT c.before + r.k + 1, c.s, c.head + r.k + 1, r.i, r.t, r.v, r.d, r.ai, r.an, r.co, r.ca, r.ba, now_at
      FROM accepts c JOIN rows r ON r.o = c.o
      ORDER BY 1
    )
    SELECT j.o, c.o IS NOT NULL, j.head, coalesce(j.known, 0), coalesce(j.known_here, 0),
           coalesce(c.before + c.n, j.position_last), coalesce(c.head + c.n, j.revision_last),
           coalesce(j.at, now_at)
    FROM judged j LEFT JOIN accepts c ON c.o = j.o;
  END $$`;

export const eventStoreMigrations = [CreateLedger1790000000001];

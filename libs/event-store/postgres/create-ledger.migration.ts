import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log, and the one function that appends to it. See docs/adr/0001-positions-under-a-commit-ordering-lock.md. */
export class CreateLedger1790000000001 implements MigrationInterface {
  readonly name = 'CreateLedger1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA ledger;
      CREATE TABLE ledger.events (
        position       bigint PRIMARY KEY,
        -- Compared byte by byte: faster than by a language, and the same on every server.
        stream         text COLLATE "C" NOT NULL,
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
      -- Statements, so that one which finds no row is refused too. ALWAYS: in a replica session as well.
      CREATE TRIGGER events_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.events
        FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
      ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER events_are_immutable;
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
 * batch: one object an event, the events of an append next to each other: { o: number of the append, s: its stream,
 *   x: its expected revision, -1 for none, null for any, k: place of the event in it from 0, i: id, t: type, v: version,
 *   d: data, ai, an: actor, co: correlation, ca: causation, ba: batch of an import }
 * A stream is in a batch once. Answers one row an append: `known` counts those of its ids that the log holds.
 *
 * Everything that needs no lock is done before it is taken. Sequential scans are off and plans are generic because a
 * plan made while the table was small would be kept while it grows, and planning anew costs as much as inserting.
 */
const APPEND_BATCH = `
  CREATE FUNCTION ledger.append_batch(batch json)
  RETURNS TABLE (o integer, accepted boolean, head bigint, known bigint, known_here bigint,
                 position_last bigint, revision_last bigint, at timestamptz)
  LANGUAGE plpgsql VOLATILE
  SET enable_seqscan TO off SET jit TO off SET plan_cache_mode TO force_generic_plan SET lock_timeout TO '5s' AS $$
  DECLARE
    os integer[]; ss text[]; xs bigint[]; ks bigint[]; ids uuid[]; types text[]; versions integer[]; datas json[];
    actors text[]; names text[]; correlations text[]; causations text[]; batches text[];
    base bigint;
    last_at timestamptz;
    now_at timestamptz;
  BEGIN
    -- A snapshot older than the lock would not show what the last holder committed.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      RAISE EXCEPTION 'ledger.append_batch needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    -- An acknowledged event is durable, whatever the session or the server says.
    IF current_setting('synchronous_commit') = 'off' THEN
      PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    SELECT array_agg(e.o), array_agg(e.s), array_agg(e.x), array_agg(e.k), array_agg(e.i), array_agg(e.t),
           array_agg(e.v), array_agg(e.d), array_agg(e.ai), array_agg(e.an), array_agg(e.co), array_agg(e.ca), array_agg(e.ba)
      INTO os, ss, xs, ks, ids, types, versions, datas, actors, names, correlations, causations, batches
      FROM json_to_recordset(batch) AS e(o integer, s text, x bigint, k bigint, i uuid, t text, v integer, d json,
                                         ai text, an text, co text, ca text, ba text);
    -- Held until the commit is visible to all: whoever appends next gets higher positions and commits later.
    PERFORM pg_advisory_xact_lock(5990713261117);
    SELECT e.position, e.recorded_at INTO base, last_at FROM ledger.events e ORDER BY e.position DESC LIMIT 1;
    base := coalesce(base, -1);
    now_at := greatest(date_trunc('milliseconds', clock_timestamp()), last_at);
    RETURN QUERY
    WITH rows AS MATERIALIZED (
      SELECT * FROM unnest(os, ss, xs, ks, ids, types, versions, datas, actors, names, correlations, causations, batches)
        AS r(o, s, x, k, i, t, v, d, ai, an, co, ca, ba)
    ), appends AS MATERIALIZED (
      SELECT r.o, min(r.s) AS s, min(r.x) AS x, count(*) AS n, count(h.id) AS known,
             count(*) FILTER (WHERE h.stream = r.s) AS known_here,
             max(h.position) AS position_last, max(h.revision) AS revision_last, max(h.recorded_at) AS at
      FROM rows r
      -- OFFSET 0 keeps this a lookup by id for each row, however large the log.
      LEFT JOIN LATERAL (SELECT * FROM ledger.events e WHERE e.id = r.i OFFSET 0) h ON true
      GROUP BY r.o
    ), judged AS MATERIALIZED (
      SELECT a.*, coalesce((SELECT e.revision FROM ledger.events e WHERE e.stream = a.s
                            ORDER BY e.revision DESC LIMIT 1), -1) AS head
      FROM appends a
    ), accepts AS MATERIALIZED (
      SELECT j.o, j.s, j.n, j.head, base + (sum(j.n) OVER (ORDER BY j.o))::bigint - j.n AS before
      FROM judged j WHERE j.known = 0 AND (j.x IS NULL OR j.x = j.head)
    ), inserted AS (
      INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data,
                                 actor_id, actor_name, correlation_id, causation_id, batch_id, recorded_at)
      SELECT c.before + r.k + 1, c.s, c.head + r.k + 1, r.i, r.t, r.v, r.d, r.ai, r.an, r.co, r.ca, r.ba, now_at
      FROM accepts c JOIN rows r ON r.o = c.o
      ORDER BY 1
    )
    SELECT j.o, c.o IS NOT NULL, j.head, j.known, j.known_here,
           coalesce(c.before + c.n, j.position_last), coalesce(c.head + c.n, j.revision_last), coalesce(j.at, now_at)
    FROM judged j LEFT JOIN accepts c ON c.o = j.o;
  END $$`;

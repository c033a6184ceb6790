import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An append may follow one that is still under way, guarded by the id of the event that it builds upon.
 * See docs/adr/0041-an-append-may-follow-one-under-way.md. The function of the release before stays for its processes,
 * and does the same work: both take the same lock.
 */
export class FollowAppends1790001100001 implements MigrationInterface {
  readonly name = 'FollowAppends1790001100001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(APPEND_EVENTS);
    await runner.query(`
      REVOKE ALL ON FUNCTION ${SIGNATURE} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${SIGNATURE} TO storyledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION ${SIGNATURE}`);
  }
}

const SIGNATURE = `ledger.append_events(
  integer[], integer[], text[], bigint[], uuid[], uuid[], text[], integer[], json[], text[], text[], text[], text[], text[])`;

/*
 * One element an event in every array, the events of an append next to each other: the number of its append from 1, its
 * place in it from 1, the stream, the revision that the append expects (-1 for none, null for any), the id of the event
 * that is to be the stream's last (null: whichever it is), and the event. A stream is in a batch once.
 *
 * Answers one row. Almost always every append expects just what there is and brings new events: then `judged` is null,
 * `heads` has each stream's revision before, and the events follow `base` in the order in which they came. Otherwise
 * `judged` has one object an append, and `known` in it counts those of its ids that the log held before.
 *
 * Sequential scans are off and plans are generic because a plan made while the table was small would be kept while it
 * grows, and planning anew costs as much as inserting.
 */
const APPEND_EVENTS = `
  CREATE FUNCTION ledger.append_events(
    appends integer[], places integer[], streams text[], expected bigint[], follows uuid[], ids uuid[], types text[], versions integer[],
    datas json[], actors text[], names text[], correlations text[], causations text[], batches text[])
  RETURNS TABLE (base bigint, at bigint, heads bigint[], judged json)
  LANGUAGE plpgsql VOLATILE
  SET enable_seqscan TO off SET jit TO off SET plan_cache_mode TO force_generic_plan SET lock_timeout TO '5s' AS $$
  DECLARE
    last_at timestamptz;
    now_at timestamptz;
    following boolean[];
    as_expected boolean;
  BEGIN
    -- A snapshot older than the lock would not show what the last holder committed.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      RAISE EXCEPTION 'ledger.append_events needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
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
    at := (extract(epoch FROM now_at) * 1000)::bigint;
    SELECT array_agg(a.head ORDER BY a.o), array_agg(a.follows ORDER BY a.o),
           bool_and(a.follows AND (a.x IS NULL OR a.x = a.head))
      INTO heads, following, as_expected
    FROM (
      SELECT r.o, r.x, coalesce(h.revision, -1) AS head, coalesce(r.f = h.id, r.f IS NULL) AS follows
      FROM unnest(appends, places, streams, expected, follows) AS r(o, k, s, x, f)
      LEFT JOIN LATERAL (SELECT e.revision, e.id FROM ledger.events e WHERE e.stream = r.s
                         ORDER BY e.revision DESC LIMIT 1) h ON true
      WHERE r.k = 1
    ) a;
    IF as_expected THEN
      BEGIN
        INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data,
                                   actor_id, actor_name, correlation_id, causation_id, batch_id, recorded_at)
        SELECT base + r.n, r.s, heads[r.o] + r.k, r.i, r.t, r.v, r.d, r.ai, r.an, r.co, r.ca, r.ba, now_at
        FROM unnest(appends, places, streams, ids, types, versions, datas, actors, names, correlations, causations, batches)
          WITH ORDINALITY AS r(o, k, s, i, t, v, d, ai, an, co, ca, ba, n);
        RETURN NEXT;
        RETURN;
      EXCEPTION WHEN unique_violation THEN
        -- The log holds one of the ids: each append is judged by itself.
        NULL;
      END;
    END IF;
    WITH rows AS MATERIALIZED (
      SELECT * FROM unnest(appends, places, streams, expected, ids, types, versions, datas, actors, names, correlations, causations, batches)
        AS r(o, k, s, x, i, t, v, d, ai, an, co, ca, ba)
    ), appended AS MATERIALIZED (
      SELECT r.o, min(r.s) AS s, min(r.x) AS x, count(*) AS n, count(h.id) AS known,
             count(*) FILTER (WHERE h.stream = r.s) AS known_here,
             max(h.position) AS position_last, max(h.revision) AS revision_last, max(h.recorded_at) AS at
      FROM rows r
      -- OFFSET 0 keeps this a lookup by id for each row, however large the log.
      LEFT JOIN LATERAL (SELECT * FROM ledger.events e WHERE e.id = r.i OFFSET 0) h ON true
      GROUP BY r.o
    ), accepted AS MATERIALIZED (
      SELECT p.o, base + (sum(p.n) OVER (ORDER BY p.o))::bigint - p.n AS before
      FROM appended p WHERE p.known = 0 AND (p.x IS NULL OR p.x = heads[p.o]) AND following[p.o]
    ), inserted AS (
      INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data,
                                 actor_id, actor_name, correlation_id, causation_id, batch_id, recorded_at)
      SELECT c.before + r.k, r.s, heads[r.o] + r.k, r.i, r.t, r.v, r.d, r.ai, r.an, r.co, r.ca, r.ba, now_at
      FROM accepted c JOIN rows r ON r.o = c.o
      ORDER BY 1
    )
    SELECT json_agg(json_build_object(
        'accepted', c.o IS NOT NULL, 'head', heads[p.o]::text, 'known', p.known, 'knownHere', p.known_here,
        'position', coalesce(c.before + p.n, p.position_last)::text,
        'revision', coalesce(CASE WHEN c.o IS NOT NULL THEN heads[p.o] + p.n END, p.revision_last)::text,
        'at', (extract(epoch FROM coalesce(p.at, now_at)) * 1000)::bigint) ORDER BY p.o)
      INTO judged
      FROM appended p LEFT JOIN accepted c ON c.o = p.o;
    RETURN NEXT;
  END $$`;

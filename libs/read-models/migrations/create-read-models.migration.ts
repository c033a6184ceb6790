import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `text_config` maps a thread's language to the dictionary that its words are indexed with: stemmed where PostgreSQL
 * ships a stemmer that a newsroom is likely to need, as they stand otherwise. Generated columns need it IMMUTABLE;
 * changing it means a new migration that rewrites the `search` columns.
 */
export class CreateReadModels1790000001001 implements MigrationInterface {
  readonly name = 'CreateReadModels1790000001001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE SCHEMA IF NOT EXISTS read_models`);
    await runner.query(`
      CREATE FUNCTION read_models.text_config(language text) RETURNS regconfig
      LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
        CASE lower(split_part(language, '-', 1))
          WHEN 'ar' THEN 'pg_catalog.arabic'::regconfig
          WHEN 'da' THEN 'pg_catalog.danish'::regconfig
          WHEN 'de' THEN 'pg_catalog.german'::regconfig
          WHEN 'en' THEN 'pg_catalog.english'::regconfig
          WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
          WHEN 'fi' THEN 'pg_catalog.finnish'::regconfig
          WHEN 'fr' THEN 'pg_catalog.french'::regconfig
          WHEN 'it' THEN 'pg_catalog.italian'::regconfig
          WHEN 'nl' THEN 'pg_catalog.dutch'::regconfig
          WHEN 'pt' THEN 'pg_catalog.portuguese'::regconfig
          WHEN 'ru' THEN 'pg_catalog.russian'::regconfig
          WHEN 'sv' THEN 'pg_catalog.swedish'::regconfig
          WHEN 'tr' THEN 'pg_catalog.turkish'::regconfig
          ELSE 'pg_catalog.simple'::regconfig
        END`);
    await runner.query(`
      CREATE TABLE read_models.checkpoints (
        projection text PRIMARY KEY,
        version integer NOT NULL,
        position numeric(40,0) NOT NULL,
        updated_at timestamptz NOT NULL,
        events_applied bigint NOT NULL DEFAULT 0,
        events_per_second double precision,
        error text,
        error_position numeric(40,0),
        error_event_id uuid,
        error_attempts integer NOT NULL DEFAULT 0,
        error_at timestamptz
      )`);
    for (const statement of [...threadBoard, ...claim, ...attribution, ...statusHistory, ...source]) {
      await runner.query(statement);
    }
    await runner.query(`GRANT USAGE ON SCHEMA read_models TO storyledger_app`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA read_models TO storyledger_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA read_models CASCADE`);
  }
}

const searched = (vector: string): string => `
        search_config regconfig NOT NULL GENERATED ALWAYS AS (read_models.text_config(language)) STORED,
        search tsvector NOT NULL GENERATED ALWAYS AS (${vector}) STORED`;

const threadBoard = [
  `CREATE TABLE read_models.thread_board (
        thread_id uuid PRIMARY KEY,
        slug text NOT NULL,
        headline text NOT NULL,
        desk text NOT NULL,
        topics text[] NOT NULL,
        language text NOT NULL,
        lifecycle text NOT NULL,
        merged_into uuid,
        status text NOT NULL,
        claim_count integer NOT NULL,
        core_claim_count integer NOT NULL,
        claims_by_status jsonb NOT NULL,
        attribution_count integer NOT NULL,
        taken_back_count integer NOT NULL,
        attributions_by_stance jsonb NOT NULL,
        open_question_count integer NOT NULL,
        open_questions uuid[] NOT NULL,
        policy text NOT NULL,
        opened_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        position numeric(40,0) NOT NULL,
        revision bigint NOT NULL,${searched(`
          setweight(to_tsvector(read_models.text_config(language), headline), 'A') ||
          setweight(to_tsvector(read_models.text_config(language), replace(slug, '-', ' ')), 'B')`)}
      )`,
  `CREATE INDEX thread_board_slug ON read_models.thread_board (slug)`,
  `CREATE INDEX thread_board_changed ON read_models.thread_board (changed_at DESC, thread_id DESC)`,
  `CREATE INDEX thread_board_status ON read_models.thread_board (status, changed_at DESC, thread_id DESC)`,
  `CREATE INDEX thread_board_desk ON read_models.thread_board (desk, changed_at DESC, thread_id DESC)`,
  `CREATE INDEX thread_board_topics ON read_models.thread_board USING gin (topics)`,
  `CREATE INDEX thread_board_search ON read_models.thread_board USING gin (search)`,
  `CREATE TABLE read_models.thread_slug (
        slug text NOT NULL,
        thread_id uuid NOT NULL,
        position numeric(40,0) NOT NULL,
        PRIMARY KEY (slug, thread_id)
      )`,
  `CREATE INDEX thread_slug_thread ON read_models.thread_slug (thread_id)`,
];

const claim = [
  `CREATE TABLE read_models.claim (
        thread_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        key text,
        statement text NOT NULL,
        core boolean NOT NULL,
        standing uuid[] NOT NULL,
        status text NOT NULL,
        origin text NOT NULL,
        computed_status text NOT NULL,
        rule text NOT NULL,
        basis text,
        challenged boolean NOT NULL,
        last_status text,
        ruling jsonb,
        explanation jsonb NOT NULL,
        rivals uuid[] NOT NULL,
        attribution_count integer NOT NULL,
        taken_back_count integer NOT NULL,
        attributions_by_stance jsonb NOT NULL,
        voices_for integer NOT NULL,
        voices_against integer NOT NULL,
        carried_from uuid,
        language text NOT NULL,
        policy text NOT NULL,
        opened_at timestamptz NOT NULL,
        opened_position numeric(40,0) NOT NULL,
        opened_index integer NOT NULL,
        changed_at timestamptz NOT NULL,
        position numeric(40,0) NOT NULL,
        revision bigint NOT NULL,${searched(`to_tsvector(read_models.text_config(language), statement)`)},
        PRIMARY KEY (thread_id, claim_id)
      )`,
  `CREATE INDEX claim_id ON read_models.claim (claim_id)`,
  `CREATE INDEX claim_order ON read_models.claim (thread_id, opened_position, opened_index)`,
  `CREATE INDEX claim_search ON read_models.claim USING gin (search)`,
];

const attribution = [
  `CREATE TABLE read_models.attribution (
        thread_id uuid NOT NULL,
        attribution_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        key text,
        stance text NOT NULL,
        speaker_id uuid,
        speaker jsonb,
        via jsonb NOT NULL,
        via_ids uuid[] NOT NULL,
        on_record boolean NOT NULL,
        vouched_by text,
        tentative boolean NOT NULL,
        standing boolean NOT NULL,
        stated_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        revision bigint NOT NULL,
        quote text,
        url text,
        note text,
        language text NOT NULL,
        carried_from uuid,
        event_id uuid NOT NULL,
        position numeric(40,0) NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        batch_id text,
        counted text,
        set_aside text,
        set_aside_by uuid,
        taken_back_how text,
        taken_back_stated_at timestamptz,
        taken_back_recorded_at timestamptz,
        replaced_by uuid,
        taken_back_by uuid,
        taken_back_reason text,
        taken_back_event_id uuid,${searched(`to_tsvector(read_models.text_config(language), coalesce(quote, ''))`)},
        PRIMARY KEY (thread_id, attribution_id)
      )`,
  `CREATE INDEX attribution_id ON read_models.attribution (attribution_id)`,
  `CREATE INDEX attribution_of_thread ON read_models.attribution (thread_id, recorded_at, revision, attribution_id)`,
  `CREATE INDEX attribution_of_claim ON read_models.attribution (thread_id, claim_id, recorded_at, revision, attribution_id)`,
  `CREATE INDEX attribution_of_speaker ON read_models.attribution (speaker_id, recorded_at DESC, thread_id DESC, attribution_id DESC)`,
  `CREATE INDEX attribution_of_carrier ON read_models.attribution USING gin (via_ids)`,
  `CREATE INDEX attribution_of_batch ON read_models.attribution (batch_id) WHERE batch_id IS NOT NULL`,
  `CREATE INDEX attribution_search ON read_models.attribution USING gin (search)`,
];

const statusHistory = [
  `CREATE TABLE read_models.status_history (
        position numeric(40,0) NOT NULL,
        subject_id uuid NOT NULL,
        thread_id uuid NOT NULL,
        claim_id uuid,
        claim_key text,
        status_before text,
        status_after text,
        origin_before text,
        origin_after text,
        rule_before text,
        rule_after text,
        basis_before text,
        basis_after text,
        challenged_before boolean NOT NULL,
        challenged_after boolean NOT NULL,
        policy text NOT NULL,
        event_id uuid NOT NULL,
        event_type text NOT NULL,
        revision bigint NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (position, subject_id)
      )`,
  `CREATE INDEX status_history_of_thread ON read_models.status_history (thread_id, position, subject_id)`,
  `CREATE INDEX status_history_recorded ON read_models.status_history (recorded_at, position)`,
];

const source = [
  `CREATE TABLE read_models.source (
        source_id uuid PRIMARY KEY,
        key text,
        name text,
        kind text,
        voice_group text,
        trusted_conduit boolean,
        rating text,
        sealed boolean NOT NULL,
        erased boolean NOT NULL,
        spoken_report integer NOT NULL,
        spoken_confirm integer NOT NULL,
        spoken_deny integer NOT NULL,
        spoken_no_comment integer NOT NULL,
        carried integer NOT NULL,
        retracted integer NOT NULL,
        corrected integer NOT NULL,
        voided integer NOT NULL,
        first_attribution_at timestamptz,
        last_attribution_at timestamptz,
        registered_at timestamptz,
        changed_at timestamptz,
        revision bigint,
        position numeric(40,0) NOT NULL
      )`,
  `CREATE INDEX source_key ON read_models.source (key) WHERE key IS NOT NULL`,
  `CREATE INDEX source_name ON read_models.source (lower(coalesce(name, '')), source_id)`,
  `CREATE INDEX source_group ON read_models.source (voice_group)`,
];

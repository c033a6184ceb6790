import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What reports read. One row a case, or one a day and thread, so that none goes through the log or its attributions. */
export class AddReports1790000500002 implements MigrationInterface {
  readonly name = 'AddReports1790000500002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...days, ...claims, ...words]) await runner.query(statement);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${TABLES} TO storyledger_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES}`);
  }
}

const TABLES = ['thread', 'day', 'work', 'claim', 'confirmation', 'word', 'take_back', 'act']
  .map((name) => `read_models.report_${name}`)
  .join();

const counts = (names: string): string =>
  names
    .split(' ')
    .map((name) => `${name} integer NOT NULL`)
    .join(',\n        ');

const days = [
  `CREATE TABLE read_models.report_thread (
        thread_id uuid PRIMARY KEY,
        desk text NOT NULL,
        topics text[] NOT NULL
      )`,
  `CREATE TABLE read_models.report_day (
        day date NOT NULL,
        thread_id uuid NOT NULL,
        ${counts(
          'claim_open claim_no_comment claim_retracted claim_unverified claim_doubted claim_tentative claim_reported claim_corroborated claim_confirmed claim_disputed claim_denied claim_moot claim_lapsed',
        )},
        ${counts(
          'thread_open thread_settled thread_disputed thread_confirmed thread_denied thread_retracted thread_mixed thread_partly_confirmed thread_developing',
        )},
        ${counts('attributions echoes')},
        PRIMARY KEY (day, thread_id)
      )`,
  `CREATE TABLE read_models.report_work (
        day date NOT NULL,
        stream_id uuid NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        ${counts('threads_opened claims_opened attributions take_backs rulings other_thread_events source_events imported')},
        PRIMARY KEY (day, stream_id, actor_id)
      )`,
];

const claims = [
  `CREATE TABLE read_models.report_claim (
        claim_id uuid PRIMARY KEY,
        thread_id uuid NOT NULL,
        status text NOT NULL,
        is_open boolean NOT NULL,
        opened_at timestamptz NOT NULL,
        first_voice_at timestamptz,
        second_voice_at timestamptz,
        second_voice_seconds double precision
          GENERATED ALWAYS AS (extract(epoch FROM second_voice_at - first_voice_at)::double precision) STORED,
        second_voice_stated_seconds double precision,
        settled_at timestamptz,
        settled_as text,
        settled_seconds double precision
          GENERATED ALWAYS AS (extract(epoch FROM settled_at - opened_at)::double precision) STORED,
        settled_stated_seconds double precision,
        confirmed_at timestamptz,
        confirmed_by uuid[],
        fallen_at timestamptz,
        fallen_to text,
        fallen_by text
      )`,
  `CREATE INDEX report_claim_second_voice ON read_models.report_claim (second_voice_at) WHERE second_voice_at IS NOT NULL`,
  `CREATE INDEX report_claim_settled ON read_models.report_claim (settled_at) WHERE settled_at IS NOT NULL`,
  `CREATE INDEX report_claim_confirmed ON read_models.report_claim (confirmed_at) WHERE confirmed_at IS NOT NULL`,
  `CREATE INDEX report_claim_open ON read_models.report_claim (opened_at) WHERE is_open`,
  `CREATE INDEX report_claim_thread ON read_models.report_claim (thread_id)`,
  `CREATE TABLE read_models.report_confirmation (
        claim_id uuid NOT NULL,
        position numeric(40,0) NOT NULL,
        recorded_at timestamptz NOT NULL,
        voice_groups text[] NOT NULL,
        PRIMARY KEY (claim_id, position)
      )`,
];

const words = [
  `CREATE TABLE read_models.report_word (
        attribution_id uuid PRIMARY KEY,
        claim_id uuid NOT NULL,
        thread_id uuid NOT NULL,
        stance text NOT NULL,
        source_id uuid,
        voice_group text,
        recorded_at timestamptz NOT NULL,
        position numeric(40,0) NOT NULL,
        voided boolean NOT NULL
      )`,
  `CREATE INDEX report_word_recorded ON read_models.report_word (stance, recorded_at)`,
  `CREATE INDEX report_word_source ON read_models.report_word (source_id, stance, claim_id, position)`,
  `CREATE TABLE read_models.report_take_back (
        position numeric(40,0) PRIMARY KEY,
        recorded_at timestamptz NOT NULL,
        thread_id uuid NOT NULL,
        how text NOT NULL,
        speaker_id uuid,
        recorded_seconds double precision,
        stated_seconds double precision,
        imported boolean NOT NULL
      )`,
  `CREATE INDEX report_take_back_recorded ON read_models.report_take_back (recorded_at)`,
  `CREATE TABLE read_models.report_act (
        position numeric(40,0) PRIMARY KEY,
        recorded_at timestamptz NOT NULL,
        event_id uuid NOT NULL,
        event_type text NOT NULL,
        subject text NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        reason text
      )`,
  `CREATE INDEX report_act_recorded ON read_models.report_act (recorded_at DESC, event_id DESC)`,
];

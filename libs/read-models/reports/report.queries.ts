import type { Pool } from 'pg';
import type { Instant } from '#domain';
import { BEFORE_FIRST, type Position } from '#event-store';
import { inTransaction } from '../projection/transaction.js';
import * as cases from './case.queries.js';
import * as days from './day.queries.js';
import * as spans from './duration.queries.js';
import { PlaceQueries, type ReportPlace, standsAt } from './place.queries.js';
import { reportClaimsProjection } from './report-claims.projection.js';
import { reportDaysProjection } from './report-days.projection.js';
import {
  durations,
  frameValues,
  groupOf,
  inOrder,
  type ReportFrame,
  type ReportGroup,
  type ReportRow,
} from './report-frame.js';
import { reportWordsProjection } from './report-words.projection.js';

/** To sort and group within memory: what does not fit is sorted on disk, twice as slowly. Compiling takes longer than it saves. */
const WITH_ROOM = `BEGIN READ ONLY; SET LOCAL work_mem = '32MB'; SET LOCAL jit = off`;
const REPORTS = [reportDaysProjection, reportClaimsProjection, reportWordsProjection].map(({ name }) => name);

/** One editorial act that somebody answers for. */
export interface ReportedAct {
  readonly id: string;
  /** To the microsecond, so that it sorts and pages as text. */
  readonly at: string;
  readonly action: string;
  readonly subject: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly reason: string | null;
}

export interface ActRange extends ReportPlace {
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  /** `at` and id of the last one seen. */
  readonly before: readonly [string, string] | null;
}

/** The figures of the reports, as docs/reports.md defines them. */
export class ReportQueries {
  readonly places: PlaceQueries;

  constructor(private readonly pool: Pool) {
    this.places = new PlaceQueries(pool);
  }

  /** How far every read model of the reports has come. */
  async reached(): Promise<Position> {
    const { rows } = await this.pool.query<{ position: string | null }>(
      `SELECT min(coalesce(c.position, $2::numeric)) AS position
       FROM unnest($1::text[]) AS report (name) LEFT JOIN read_models.checkpoints c ON c.projection = report.name`,
      [REPORTS, BEFORE_FIRST.toString()],
    );
    return BigInt(rows[0]?.position ?? BEFORE_FIRST);
  }

  async statuses(frame: ReportFrame): Promise<readonly days.StatusRow[]> {
    return inOrder(days.standing(await this.rows([days.STATUSES], frame), frame));
  }

  secondSource(frame: ReportFrame): Promise<readonly spans.SecondSourceRow[]> {
    return this.report([spans.SECOND_SOURCE, spans.SECOND_SOURCE_BY_SOURCE], frame, (row) => ({
      ...groupOf(row),
      waiting: Number(row['waiting']),
      recorded: durations(row, 'recorded'),
      stated: durations(row, 'stated'),
    }));
  }

  settling(frame: ReportFrame): Promise<readonly spans.SettlingRow[]> {
    return this.report([spans.SETTLING, spans.SETTLING_BY_SOURCE], frame, (row) => ({
      ...groupOf(row),
      confirmed: Number(row['confirmed']),
      denied: Number(row['denied']),
      recorded: durations(row, 'recorded'),
      stated: durations(row, 'stated'),
    }));
  }

  reversals(frame: ReportFrame): Promise<readonly cases.ReversalsRow[]> {
    return this.report([cases.REVERSALS, cases.REVERSALS_BY_SOURCE], frame, (row) => ({
      ...groupOf(row),
      fallen: Number(row['fallen']),
      fallenByVoid: Number(row['fallenByVoid']),
    }));
  }

  denials(frame: ReportFrame): Promise<readonly cases.DenialsRow[]> {
    return this.report([cases.DENIALS], frame, (row) => ({
      ...groupOf(row),
      laterConfirmed: Number(row['laterConfirmed']),
    }));
  }

  takeBacks(frame: ReportFrame): Promise<readonly cases.TakeBacksRow[]> {
    return this.report([cases.TAKE_BACKS, cases.TAKE_BACKS_BY_SOURCE], frame, (row) => ({
      ...groupOf(row),
      retracted: Number(row['retracted']),
      corrected: Number(row['corrected']),
      voided: Number(row['voided']),
      voidedByImport: Number(row['voidedByImport']),
      recorded: durations(row, 'recorded'),
      stated: durations(row, 'stated'),
    }));
  }

  echoes(frame: ReportFrame): Promise<readonly days.EchoesRow[]> {
    return this.report([days.ECHOES], frame, (row) => ({ ...groupOf(row), echoes: Number(row['echoes']) }));
  }

  refusals(frame: ReportFrame): Promise<readonly cases.RefusalsRow[]> {
    return this.report([cases.REFUSALS, cases.REFUSALS_BY_SOURCE], frame, (row) => ({
      ...groupOf(row),
      claims: Number(row['claims']),
    }));
  }

  throughput(frame: ReportFrame): Promise<readonly days.ThroughputRow[]> {
    return this.report([days.THROUGHPUT], frame, days.throughputRow);
  }

  /** Claims that nobody has settled, by their age at a moment; the period is that in which they were opened. */
  async openQuestions(
    frame: ReportFrame,
    at: Instant,
  ): Promise<{ readonly rows: readonly spans.OpenQuestionsRow[]; readonly oldest: readonly spans.OldestQuestion[] }> {
    const [rows, oldest] = await Promise.all([
      this.report([spans.OPEN_QUESTIONS], frame, (row) => ({ ...groupOf(row), age: durations(row, 'age') }), at),
      this.rows([spans.OLDEST_QUESTIONS], frame, at),
    ]);
    return {
      rows,
      oldest: oldest.map(
        (row) => ({ ...row, openedAt: (row['openedAt'] as Date).toISOString() }) as spans.OldestQuestion,
      ),
    };
  }

  /** The newest first. At a desk or topic, those about threads that stand there now. */
  async acts({ from, to, limit, before, desk, topic }: ActRange): Promise<readonly ReportedAct[]> {
    const { rows } = await this.pool.query<ReportedAct>(
      `SELECT event_id AS id, to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
         event_type AS action, subject, actor_id AS "actorId", actor_name AS "actorName", reason
       FROM read_models.report_act
       WHERE recorded_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
         AND recorded_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
         AND ($3::timestamptz IS NULL OR (recorded_at, event_id) < ($3::timestamptz, $4::uuid))
         AND ($6::text IS NULL AND $7::text IS NULL OR EXISTS (
           SELECT FROM read_models.report_thread t
           WHERE t.thread_id = CASE WHEN starts_with(subject, 'thread-') THEN substr(subject, 8)::uuid END
             AND ${standsAt(6, 7)}))
       ORDER BY recorded_at DESC, event_id DESC LIMIT $5`,
      [from, to, before?.[0] ?? null, before?.[1] ?? null, limit, desk, topic],
    );
    return rows;
  }

  private async report<Row extends ReportGroup>(
    statements: readonly string[],
    frame: ReportFrame,
    read: (row: ReportRow) => Row,
    ...more: readonly string[]
  ): Promise<readonly Row[]> {
    return inOrder((await this.rows(statements, frame, ...more)).map(read));
  }

  /** The statements run at once, each on a connection of its own. */
  private async rows(
    statements: readonly string[],
    frame: ReportFrame,
    ...more: readonly string[]
  ): Promise<readonly ReportRow[]> {
    const values = [...frameValues(frame), ...more];
    const ask = (statement: string) =>
      inTransaction(this.pool, (client) => client.query<ReportRow>(statement, values), WITH_ROOM);
    const results = await Promise.all(statements.map(ask));
    return results.flatMap(({ rows }) => rows);
  }
}

import type { Pool } from 'pg';
import type { ReportFrame } from './report-frame.js';

/** Where threads are looked for. Null: anywhere. */
export type ReportPlace = Pick<ReportFrame, 'desk' | 'topic'>;

/** What imports brought into the threads of a place. */
export interface Imported {
  readonly threads: number;
  readonly attributions: number;
}

/** SQL: whether a thread `t` stands there now. Takes the numbers of the parameters that have desk and topic. */
export function standsAt(desk: number, topic: number): string {
  return `($${desk}::text IS NULL OR t.desk = $${desk}) AND ($${topic}::text IS NULL OR t.topics @> ARRAY[$${topic}::text])`;
}

/** Imports and lines of the access log as reports look for them: by the threads that they are about. */
export class PlaceQueries {
  constructor(private readonly pool: Pool) {}

  /** Of every import that brought something into a thread there. */
  async importsAt({ desk, topic }: ReportPlace): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ batch_id: string }>(
      `SELECT DISTINCT i.batch_id FROM read_models.report_import i
       JOIN read_models.report_thread t USING (thread_id) WHERE ${standsAt(1, 2)}`,
      [desk, topic],
    );
    return rows.map(({ batch_id }) => batch_id);
  }

  /** What these imports brought there: each, and under null all of them, a thread counted once. */
  async imported(
    batchIds: readonly string[],
    { desk, topic }: ReportPlace,
  ): Promise<ReadonlyMap<string | null, Imported>> {
    const { rows } = await this.pool.query<Imported & { batch_id: string | null }>(
      `SELECT i.batch_id, count(DISTINCT i.thread_id)::integer AS threads,
         coalesce(sum(i.attributions), 0)::integer AS attributions
       FROM read_models.report_import i JOIN read_models.report_thread t USING (thread_id)
       WHERE i.batch_id = ANY ($3::text[]) AND ${standsAt(1, 2)}
       GROUP BY GROUPING SETS ((), (i.batch_id))`,
      [desk, topic, batchIds],
    );
    return new Map(rows.map(({ batch_id, threads, attributions }) => [batch_id, { threads, attributions }]));
  }

  /** Those of the threads that stand there. */
  async threadsAt(threadIds: readonly string[], { desk, topic }: ReportPlace): Promise<ReadonlySet<string>> {
    const { rows } = await this.pool.query<{ thread_id: string }>(
      `SELECT t.thread_id FROM read_models.report_thread t WHERE t.thread_id = ANY ($3::uuid[]) AND ${standsAt(1, 2)}`,
      [desk, topic, threadIds],
    );
    return new Set(rows.map(({ thread_id }) => thread_id));
  }
}

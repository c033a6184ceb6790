import type { ClientBase } from 'pg';
import type { EntitySchema } from 'typeorm';
import type { StoredEvent } from '#event-store';
import type { ThreadStep } from './thread-folds.js';

/** A stretch of the log: every event once, in order, and what the thread events among them did. */
export interface ProjectionBatch {
  readonly events: readonly StoredEvent[];
  readonly steps: readonly ThreadStep[];
}

/** Computes one read model. Applied to the same log, whatever its batches, it must write the same rows. */
export interface Projection {
  readonly name: string;
  /** Raise it when the rows change their meaning: the tables are then to be rebuilt. */
  readonly version: number;
  readonly entities: readonly EntitySchema[];
  /**
   * What waits behind an event that is parked. Its `stream`, when left out: the rows must then come out the same when
   * that stream is applied after others that follow it in the log. The whole `log`, where rows depend on that order.
   */
  readonly waits?: 'stream' | 'log';
  /**
   * What it reads of a batch: each step, or only how threads stand at the `ends`. Then a thread is assessed once a batch,
   * and the `before` and `after` of its steps are those of the whole batch. Each step, when left out.
   */
  readonly reads?: 'steps' | 'ends';
  /** Indexes by which it finds rows while it writes: a rebuild makes them first, and all others last. */
  readonly lookups?: readonly string[];
  apply(batch: ProjectionBatch, tables: TableWriter): Promise<void>;
}

/** Writes rows of entities into the tables of one schema: the live one, or one that a rebuild fills beside it. */
export class TableWriter {
  constructor(
    private readonly client: Pick<ClientBase, 'query'>,
    readonly schema: string,
  ) {}

  /** One statement for all rows; of rows with the same key only the last may be given. */
  async upsert<Row extends object>(entity: EntitySchema<Row>, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = columnsOf(entity);
    const keys = columns.filter((column) => column.primary).map((column) => column.name);
    const updates = columns.filter((column) => !column.primary).map(({ name }) => `${name} = excluded.${name}`);
    const names = columns.map((column) => column.name).join();
    const table = this.table(entity);
    await this.client.query(
      `INSERT INTO ${table} (${names})
       SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1)
       ON CONFLICT (${keys.join()}) DO ${updates.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join()}`}`,
      [toJson(columns, rows)],
    );
  }

  /** Deletes rows by some of their columns, given as values of one array parameter each. */
  async remove<Row extends object>(
    entity: EntitySchema<Row>,
    columns: Readonly<Record<string, readonly string[]>>,
  ): Promise<void> {
    const names = Object.keys(columns);
    if (Object.values(columns)[0]?.length === 0) return;
    await this.client.query(
      `DELETE FROM ${this.table(entity)} WHERE (${names.join()}) IN
         (SELECT * FROM unnest(${names.map((_, index) => `$${index + 1}::uuid[]`).join()}))`,
      Object.values(columns),
    );
  }

  /** For what a plain upsert cannot say; `rows` become `$1`, JSON with the column names of the entity. */
  async execute<Row extends object>(
    entity: EntitySchema<Row>,
    sql: (table: string) => string,
    rows: readonly Partial<Row>[],
  ): Promise<void> {
    if (rows.length > 0) await this.client.query(sql(this.table(entity)), [toJson(columnsOf(entity), rows)]);
  }

  private table(entity: EntitySchema): string {
    return `${this.schema}.${entity.options.tableName}`;
  }
}

interface Column {
  readonly property: string;
  readonly name: string;
  readonly primary: boolean;
}

function columnsOf(entity: EntitySchema): readonly Column[] {
  return Object.entries(entity.options.columns).map(([property, options]) => ({
    property,
    name: options?.name ?? property,
    primary: options?.primary === true,
  }));
}

function toJson(columns: readonly Column[], rows: readonly object[]): string {
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(
        columns.map(({ property, name }) => {
          const value: unknown = (row as Readonly<Record<string, unknown>>)[property];
          return [name, typeof value === 'bigint' ? value.toString() : value];
        }),
      ),
    ),
  );
}

/** The steps of each thread together, in order. */
export function byThread(steps: readonly ThreadStep[]): readonly (readonly ThreadStep[])[] {
  const threads = new Map<string, ThreadStep[]>();
  for (const step of steps) {
    const own = threads.get(step.stored.stream);
    if (own === undefined) threads.set(step.stored.stream, [step]);
    else own.push(step);
  }
  return [...threads.values()];
}

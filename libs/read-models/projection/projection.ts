import type { ClientBase } from 'pg';
import type { EntitySchema } from 'typeorm';
import type { LedgerEventType, StoredEvent } from '#event-store';
import type { ThreadEnd, ThreadStep } from './thread-folds.js';

/** A stretch of the log: every event once, in order, and what the thread events among them did. */
export interface ProjectionBatch {
  readonly events: readonly StoredEvent[];
  readonly steps: readonly ThreadStep[];
  /** By stream, the threads that have events in it: as they stand after the last. */
  readonly ends: ReadonlyMap<string, ThreadEnd>;
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
   * and the `before` and `after` of its steps are those of the whole batch, if there are any. Each step, when left out.
   */
  readonly reads?: 'steps' | 'ends';
  /** Of one that reads `ends`: the types of the events that it looks at beside them; it may be given no others. */
  readonly looksAt?: readonly LedgerEventType[];
  /** Indexes by which it finds rows while it writes: a rebuild makes them first, and all others last. */
  readonly lookups?: readonly string[];
  /** Waits for nothing: what it reads is in the batch, and what it writes is on its way when this returns. */
  apply(batch: ProjectionBatch, tables: TableWriter): void;
}

/**
 * Writes rows of entities into the tables of one schema: the live one, or one that a rebuild fills beside it. Each
 * statement is sent at once, on a connection opened with `pipeline` before the one ahead of it is answered; within a
 * transaction none counts before `written` has resolved.
 */
export class TableWriter {
  private readonly answers: Promise<unknown>[] = [];

  constructor(
    private readonly client: Pick<ClientBase, 'query'>,
    readonly schema: string,
  ) {}

  /** @throws what the first statement that failed was answered; those behind it say only that one has failed */
  async written(): Promise<void> {
    for (const answer of this.answers.splice(0)) await answer;
  }

  /**
   * One statement for all rows; of rows with the same key only the last may be given. What is `kept` cannot have changed in
   * a row that is there: it is left alone, and with it what the database computes of it.
   */
  upsert<Row extends object>(
    entity: EntitySchema<Row>,
    rows: readonly Row[],
    { kept = [] }: { readonly kept?: readonly (keyof Row)[] } = {},
  ): void {
    if (rows.length === 0) return;
    const columns = columnsOf(entity);
    const keys = columns.filter((column) => column.primary).map((column) => column.name);
    const updates = columns
      .filter(({ primary, property }) => !primary && !kept.includes(property as keyof Row))
      .map(({ name }) => `${name} = excluded.${name}`);
    const names = columns.map((column) => column.name).join();
    const table = this.table(entity);
    this.send(
      `INSERT INTO ${table} (${names})
       SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1)
       ON CONFLICT (${keys.join()}) DO ${updates.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join()}`}`,
      [toJson(columns, rows)],
    );
  }

  /** Deletes rows by some of their columns, given as values of one array parameter each. */
  remove<Row extends object>(entity: EntitySchema<Row>, columns: Readonly<Record<string, readonly string[]>>): void {
    const names = Object.keys(columns);
    if (Object.values(columns)[0]?.length === 0) return;
    this.sendUnplanned(
      `DELETE FROM ${this.table(entity)} WHERE (${names.join()}) IN
         (SELECT * FROM unnest(${names.map((_, index) => `$${index + 1}::uuid[]`).join()}))`,
      Object.values(columns),
    );
  }

  /** For what a plain upsert cannot say; `rows` become `$1`, JSON with the column names of the entity. */
  execute<Row extends object>(
    entity: EntitySchema<Row>,
    sql: (table: string) => string,
    rows: readonly Partial<Row>[],
  ): void {
    if (rows.length > 0) this.send(sql(this.table(entity)), [toJson(columnsOf(entity), rows)]);
  }

  /** The same for what has to look for the rows that it changes, other than by conflicts of their keys. */
  amend<Row extends object>(
    entity: EntitySchema<Row>,
    sql: (table: string) => string,
    rows: readonly Partial<Row>[],
  ): void {
    if (rows.length > 0) this.sendUnplanned(sql(this.table(entity)), [toJson(columnsOf(entity), rows)]);
  }

  /** Under a name, each connection plans the statement once: for a few rows that takes longer than to write them. */
  private send(text: string, values: unknown[]): void {
    this.keep(this.client.query({ name: nameOf(text), text, values }));
  }

  /** Planned each time: a plan that is made for an empty table goes through the whole of it when it is large. */
  private sendUnplanned(text: string, values: unknown[]): void {
    this.keep(this.client.query(text, values));
  }

  private keep(answer: Promise<unknown>): void {
    // It may fail before anybody waits for it, who hears of it then: unheard, it would end the process.
    answer.catch(() => undefined);
    this.answers.push(answer);
  }

  private table(entity: EntitySchema): string {
    return `${this.schema}.${entity.options.tableName}`;
  }
}

const names = new Map<string, string>();

/** There are as many statements as the projections have in their code, for each schema. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `projection_${names.size}`;
  names.set(text, name);
  return name;
}

interface Column {
  readonly property: string;
  readonly name: string;
  readonly primary: boolean;
}

const columnsByEntity = new WeakMap<EntitySchema, readonly Column[]>();

function columnsOf(entity: EntitySchema): readonly Column[] {
  const known = columnsByEntity.get(entity);
  if (known !== undefined) return known;
  const columns = Object.entries(entity.options.columns).map(([property, options]) => ({
    property,
    name: options?.name ?? property,
    primary: options?.primary === true,
  }));
  columnsByEntity.set(entity, columns);
  return columns;
}

/**
 * What is null is left out, and NULL to who reads it. Put together as text: objects with the names of columns, made only to
 * be written, would be most of the garbage of a batch.
 */
function toJson(columns: readonly Column[], rows: readonly object[]): string {
  let json = '';
  for (const row of rows) {
    let object = '';
    for (const { property, name } of columns) {
      const value: unknown = (row as Readonly<Record<string, unknown>>)[property];
      if (value === null || value === undefined) continue;
      object += `${object === '' ? '' : ','}"${name}":${typeof value === 'bigint' ? value : JSON.stringify(value)}`;
    }
    json += `${json === '' ? '' : ','}{${object}}`;
  }
  return `[${json}]`;
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

import type { SelectQueryBuilder } from 'typeorm';

/** The sort key of the last row of a page; the next page starts behind it. */
export type Cursor = readonly string[];

export interface Page<Row> {
  readonly items: readonly Row[];
  /** Null: there is no more. */
  readonly next: Cursor | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor: Cursor | null;
}

/** `columns` with their types, as the cursor comes as text. */
export function after<Row extends object>(
  query: SelectQueryBuilder<Row>,
  columns: readonly string[],
  direction: '<' | '>',
  { cursor }: PageRequest,
): void {
  if (cursor === null) return;
  const names = columns.map((column) => column.split('::')[0]).join();
  const values = columns.map((column, index) => `CAST(:after${index} AS ${column.split('::')[1]})`).join();
  query.andWhere(
    `(${names}) ${direction} (${values})`,
    Object.fromEntries(columns.map((_, index) => [`after${index}`, cursor[index]])),
  );
}

export async function pageOf<Row extends object>(
  query: SelectQueryBuilder<Row>,
  { limit }: PageRequest,
  key: (row: Row) => Cursor,
): Promise<Page<Row>> {
  const rows = await query.limit(limit + 1).getMany();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? key(last) : null };
}

import { stringify } from 'csv-stringify/sync';

/** RFC 4180 with a header line. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function reportCsv(rows: readonly object[], columns?: readonly string[]): string {
  return stringify(rows.map(flat), {
    header: true,
    ...(columns !== undefined && { columns: [...columns] }),
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { boolean: String, number: String },
  });
}

/** `recorded: { median }` becomes the column `recorded_median`. */
function flat(row: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(flat(value)).map(([inner, one]) => [`${name}_${inner}`, one])
        : [[name, value]],
    ),
  );
}

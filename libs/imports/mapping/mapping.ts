import { z } from 'zod';
import { ImportFailure } from '../failure.js';

/**
 * Where a value comes from and how it is read. Exactly one of `value`, `column`, `template` and `when` says where from;
 * the rest is applied in the order in which it stands here.
 */
export interface ValueRule {
  /** The same for each row. */
  readonly value?: string | boolean | null | readonly string[] | undefined;
  /** A column, a group of the pattern that chose the file, or a name from `let`. */
  readonly column?: string | undefined;
  /** Text with `{column}` in it; nothing when one of them is nothing. */
  readonly template?: string | undefined;
  /** Is the column's value one of these (`in`), or is there any (`present`)? */
  readonly when?: Condition | undefined;
  readonly use?: ValueRule | undefined;
  readonly otherwise?: ValueRule | undefined;
  /** Texts that mean: there is nothing here. */
  readonly empty?: readonly string[] | undefined;
  /** Texts that refuse the row, each with the reason. Case does not matter. */
  readonly refuse?: Readonly<Record<string, string>> | undefined;
  /** Other words for the same; a text that is not listed refuses the row. Case does not matter. */
  readonly map?: Readonly<Record<string, string | boolean | null>> | undefined;
  readonly date?: DateRule | undefined;
  readonly as?: 'registrable-domain' | undefined;
  /** A text with several values, and what parts them. */
  readonly split?: string | undefined;
  /** Shortens to this many characters, at a space, with an ellipsis. */
  readonly cut?: number | undefined;
}

export type Condition =
  | { readonly column: string; readonly in: readonly string[] }
  | { readonly column: string; readonly present: true };

export interface DateRule {
  /** Luxon's tokens, such as `M d yyyy`; the first that fits is taken. */
  readonly formats: readonly string[];
  /** IANA; UTC when left out. */
  readonly zone?: string | undefined;
  /** A day, `YYYY-MM-DD`: what lies before it is refused, for `because`. */
  readonly notBefore?: string | undefined;
  readonly because?: string | undefined;
}

const ORIGINS = ['value', 'column', 'template', 'when'] as const;

const valueRule: z.ZodType<ValueRule> = z.lazy(() =>
  z
    .strictObject({
      value: z.union([z.string(), z.boolean(), z.null(), z.array(z.string())]).optional(),
      column: z.string().min(1).optional(),
      template: z.string().min(1).optional(),
      when: z
        .union([
          z.strictObject({ column: z.string().min(1), in: z.array(z.string()).min(1) }),
          z.strictObject({ column: z.string().min(1), present: z.literal(true) }),
        ])
        .optional(),
      use: valueRule.optional(),
      otherwise: valueRule.optional(),
      empty: z.array(z.string()).optional(),
      refuse: z.record(z.string(), z.string().min(1)).optional(),
      map: z.record(z.string(), z.union([z.string(), z.boolean(), z.null()])).optional(),
      date: z
        .strictObject({
          formats: z.array(z.string().min(1)).min(1),
          zone: z.string().optional(),
          notBefore: z.iso.date().optional(),
          because: z.string().optional(),
        })
        .optional(),
      as: z.literal('registrable-domain').optional(),
      split: z.string().min(1).optional(),
      cut: z.int().min(2).optional(),
    })
    .refine((rule) => ORIGINS.filter((origin) => rule[origin] !== undefined).length === 1, {
      error: `Needs exactly one of ${ORIGINS.join(', ')}.`,
    })
    .refine(({ when, use }) => (when === undefined) === (use === undefined), {
      error: '`when` and `use` go together.',
    }),
);
const row = z
  .strictObject({
    /** Of a file that itself holds U+FFFD for what an earlier program could not read: `take` it as it is. */
    lostCharacters: z.enum(['refuse', 'take']).default('refuse'),
    /** Intermediate values, in this order; later rules name them like columns. */
    let: z.record(z.string().min(1), valueRule).default({}),
    /** Registered before anything that names them; one whose key is nothing is left out. */
    sources: z
      .array(
        z.strictObject({
          key: valueRule,
          name: valueRule,
          kind: valueRule,
          group: valueRule,
          trustedConduit: valueRule.optional(),
        }),
      )
      .default([]),
    /** Opened if the ledger has no thread of this slug. Without a headline the thread must be there. */
    thread: z
      .strictObject({
        slug: valueRule,
        headline: valueRule.optional(),
        desk: valueRule.optional(),
        topics: valueRule.optional(),
        language: valueRule.optional(),
      })
      .optional(),
    /** Opened if the thread has no claim of this key. Without a statement the claim must be there. */
    claim: z
      .strictObject({
        key: valueRule,
        statement: valueRule.optional(),
        core: valueRule.optional(),
        standing: valueRule.optional(),
      })
      .optional(),
    attribution: z
      .strictObject({
        /** Left out: made of the content, so that the same words are the same attribution wherever they come from. */
        key: valueRule.optional(),
        stance: valueRule,
        /** A row without a stance then holds no attribution; otherwise it is refused. */
        optional: z.boolean().default(false),
        source: valueRule.optional(),
        via: valueRule.optional(),
        onRecord: valueRule.optional(),
        vouchedBy: valueRule.optional(),
        tentative: valueRule.optional(),
        standing: valueRule.optional(),
        statedAt: valueRule,
        quote: valueRule.optional(),
        url: valueRule.optional(),
        note: valueRule.optional(),
      })
      .optional(),
  })
  .refine(({ thread, claim }) => claim === undefined || thread !== undefined, { error: 'A claim needs a thread.' })
  .refine(({ claim, attribution }) => attribution === undefined || claim !== undefined, {
    error: 'An attribution needs a claim.',
  });

const table = z.strictObject({
  /** A regular expression for the names of files within an archive; its groups are named like columns. */
  files: z.string().refine(isRegularExpression, { error: 'Must be a regular expression.' }).optional(),
  format: z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('csv'),
        delimiter: z.string().length(1).default(','),
        /** `named`: the first line names the columns. `ignored`: it is skipped. `none`: there is no such line. */
        header: z.enum(['named', 'ignored', 'none']).default('named'),
        /** By place, for a header that is ignored or missing. */
        columns: z.array(z.string().min(1)).min(1).optional(),
      }),
      z.strictObject({ type: z.literal('jsonl') }),
      /** By the file's name: `.jsonl` and `.ndjson` JSON Lines, `.tsv` tabs, all else commas; columns are named. */
      z.strictObject({ type: z.literal('by-name') }),
    ])
    .refine((format) => format.type !== 'csv' || (format.header === 'named') === (format.columns === undefined), {
      error: '`columns` is for a header that is ignored or missing, and needed then.',
    }),
  row,
});

const mapping = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: 'Must be lower-case words joined by dashes.' }),
  version: z.int().min(1),
  description: z.string().min(1),
  /** In this order: the tables that others refer to come first. */
  tables: z.array(table).min(1),
});

export type Mapping = z.infer<typeof mapping>;
export type Table = Mapping['tables'][number];
export type RowRules = Table['row'];

/** @throws ImportFailure that names each wrong place as a path */
export function parseMapping(value: unknown): Mapping {
  const parsed = mapping.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'mapping'}: ${message}`);
  throw new ImportFailure(`The mapping is not valid:\n${lines.join('\n')}`);
}

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

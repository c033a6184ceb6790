import { createHash } from 'node:crypto';
import type { AttributionInput, ClaimInput, RegisterSourceInput } from '#application';
import { SOURCE_KINDS, type SourceKind, STANCES, type Stance, type ThreadDetails } from '#domain';
import {
  choiceFaults,
  DESK,
  type FieldKind,
  flagKind,
  HEADLINE,
  keyKind,
  languageKind,
  momentKind,
  NOTE,
  QUOTE,
  REFERENCE_RULES,
  referenceKind,
  SOURCE_GROUP,
  SOURCE_NAME,
  STATEMENT,
  slugKind,
  type TextRules,
  TOPIC,
  TOPICS_MAX,
  textFaults,
  textKind,
  VIA_MAX,
  VOUCHED_BY,
  webAddressKind,
} from '#fields';
import type { RowFault } from '../failure.js';
import { type Cell, type Cells, columnOf, evaluate, UnreadableValue } from './evaluate.js';
import type { RowRules, ValueRule } from './mapping.js';

/** What one row says, in the terms of the application. */
export interface MappedRow {
  readonly sources: readonly RegisterSourceInput[];
  readonly thread: { readonly slug: string; readonly details: ThreadDetails | null } | null;
  /** Null: the row names no claim. A claim without a statement must be there. */
  readonly claim: { readonly key: string; readonly opening: ClaimInput | null } | null;
  readonly attribution: AttributionInput | null;
}

export type Mapped = { readonly row: MappedRow } | { readonly faults: readonly RowFault[] };

/** Reads one row by the rules of its table. All that is wrong with it is found before anything is written. */
export function mapRow(rules: RowRules, columns: Cells): Mapped {
  const reader = new RowReader(columns);
  if (rules.lostCharacters === 'refuse') reader.refuseLostCharacters();
  reader.define(rules.let);
  const sources = rules.sources.flatMap((source, index) => readSource(reader, source, `sources.${index}`));
  const thread = rules.thread === undefined ? null : readThread(reader, rules.thread);
  const claim = rules.claim === undefined ? null : readClaim(reader, rules.claim);
  const attribution =
    rules.attribution === undefined || claim === null ? null : readAttribution(reader, rules.attribution, claim.key);
  if (reader.faults.length > 0) return { faults: reader.faults };
  return { row: { sources, thread, claim, attribution } };
}

function readSource(reader: RowReader, rules: RowRules['sources'][number], at: string): readonly RegisterSourceInput[] {
  const key = reader.text(`${at}.key`, rules.key, keyKind);
  if (key === null) return [];
  return [
    {
      key,
      name: reader.required(`${at}.name`, rules.name, textKind(SOURCE_NAME)),
      kind: reader.required(`${at}.kind`, rules.kind, choiceKind(SOURCE_KINDS)) as SourceKind,
      group: reader.required(`${at}.group`, rules.group, textKind(SOURCE_GROUP)),
      trustedConduit: reader.flag(`${at}.trustedConduit`, rules.trustedConduit) ?? false,
    },
  ];
}

function readThread(reader: RowReader, rules: NonNullable<RowRules['thread']>): MappedRow['thread'] {
  const slug = reader.required('thread.slug', rules.slug, slugKind);
  const headline = reader.text('thread.headline', rules.headline, textKind(HEADLINE));
  if (headline === null) return { slug, details: null };
  const desk = reader.required('thread.desk', rules.desk, textKind(DESK));
  const topics = reader.list('thread.topics', rules.topics, TOPIC, TOPICS_MAX);
  const language = reader.text('thread.language', rules.language, languageKind) ?? 'en';
  return { slug, details: { slug, headline, desk, topics, language } };
}

function readClaim(reader: RowReader, rules: NonNullable<RowRules['claim']>): MappedRow['claim'] {
  const key = reader.text('claim.key', rules.key, keyKind);
  if (key === null) return null;
  const statement = reader.text('claim.statement', rules.statement, textKind(STATEMENT));
  if (statement === null) return { key, opening: null };
  const core = reader.flag('claim.core', rules.core) ?? true;
  const standing = reader.list('claim.standing', rules.standing, REFERENCE_RULES, 50);
  return { key, opening: { key, statement, core, standing } };
}

function readAttribution(
  reader: RowReader,
  rules: NonNullable<RowRules['attribution']>,
  claim: string,
): AttributionInput | null {
  const stance = reader.text('attribution.stance', rules.stance, choiceKind(STANCES));
  if (stance === null) {
    if (!rules.optional) reader.missing('attribution.stance', rules.stance);
    return null;
  }
  const speaker = reader.text('attribution.source', rules.source, referenceKind);
  const facts = {
    claim,
    stance: stance as Stance,
    speaker,
    via: reader.list('attribution.via', rules.via, REFERENCE_RULES, VIA_MAX),
    onRecord: reader.flag('attribution.onRecord', rules.onRecord) ?? true,
    vouchedBy: reader.text('attribution.vouchedBy', rules.vouchedBy, textKind(VOUCHED_BY)),
    tentative: reader.flag('attribution.tentative', rules.tentative) ?? false,
    standing: reader.flag('attribution.standing', rules.standing),
    statedAt: reader.required('attribution.statedAt', rules.statedAt, momentKind()),
    quote: reader.text('attribution.quote', rules.quote, textKind(QUOTE)),
    url: reader.text('attribution.url', rules.url, webAddressKind),
    note: reader.text('attribution.note', rules.note, textKind(NOTE)),
  };
  const key = reader.text('attribution.key', rules.key, keyKind) ?? contentKey(facts);
  return { ...facts, key };
}

/** The same words by the same party at the same time are the same attribution, in whatever file they stand. */
function contentKey(facts: Omit<AttributionInput, 'key'>): string {
  return `import:${createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32)}`;
}

/** Reads values by rules and kinds of fields, and collects what is wrong. */
class RowReader {
  readonly faults: RowFault[] = [];
  private readonly cells: Map<string, Cell>;

  constructor(columns: Cells) {
    this.cells = new Map(columns);
  }

  /** What is not UTF-8 was read as U+FFFD, and nobody can tell what it had been. */
  refuseLostCharacters(): void {
    for (const [column, value] of this.cells) {
      if (typeof value === 'string' && value.includes('\uFFFD')) {
        this.faults.push({ field: null, column, code: 'encoding', reason: 'Is not UTF-8. Save the file as UTF-8.' });
      }
    }
  }

  define(rules: Readonly<Record<string, ValueRule>>): void {
    for (const [name, rule] of Object.entries(rules)) this.cells.set(name, this.value(name, rule));
  }

  text(field: string, rule: ValueRule | undefined, kind: FieldKind): string | null {
    const value = rule === undefined ? null : this.value(field, rule);
    return value === null ? null : (this.checked(field, rule, kind, value) as string | null);
  }

  /** Of a row with faults the result is not used. */
  required(field: string, rule: ValueRule | undefined, kind: FieldKind): string {
    const before = this.faults.length;
    const value = this.text(field, rule, kind);
    if (value === null && this.faults.length === before) this.missing(field, rule);
    return value ?? '';
  }

  missing(field: string, rule: ValueRule | undefined): void {
    const column = rule === undefined ? null : columnOf(rule);
    // One reason is enough: what a `let` could not read is nothing to those that name it.
    if (this.faults.some((fault) => fault.field === column || fault.field === field)) return;
    this.faults.push({ field, column, code: 'required', reason: 'Is missing.' });
  }

  flag(field: string, rule: ValueRule | undefined): boolean | null {
    const value = rule === undefined ? null : this.value(field, rule);
    if (value === null) return null;
    const read = typeof value === 'string' ? (FLAGS.get(value.toLowerCase()) ?? value) : value;
    return this.checked(field, rule, flagKind, read) as boolean | null;
  }

  list(field: string, rule: ValueRule | undefined, each: TextRules, most: number): string[] {
    const value = rule === undefined ? null : this.value(field, rule);
    if (value === null || typeof value === 'boolean') return [];
    const items = [...new Set(typeof value === 'string' ? [value] : value)];
    const fault =
      items.length > most
        ? { code: 'too_many', detail: `Must be at most ${most}.` }
        : items.flatMap((item) => textFaults(item, each))[0];
    if (fault !== undefined) this.fault(field, rule, fault.code, fault.detail);
    return items;
  }

  private value(field: string, rule: ValueRule): Cell {
    try {
      return evaluate(rule, this.cells);
    } catch (error) {
      if (!(error instanceof UnreadableValue)) throw error;
      this.faults.push({ field, ...error.fault });
      return null;
    }
  }

  private checked(field: string, rule: ValueRule | undefined, kind: FieldKind, value: unknown): unknown {
    const read = kind.read === undefined ? value : kind.read(value);
    const [fault] = kind.faults(read);
    if (fault === undefined) return read;
    this.fault(field, rule, fault.code, fault.detail);
    return null;
  }

  private fault(field: string, rule: ValueRule | undefined, code: string, reason: string): void {
    this.faults.push({ field, column: rule === undefined ? null : columnOf(rule), code, reason });
  }
}

const FLAGS = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);

function choiceKind(values: readonly string[]): FieldKind {
  return { faults: (value) => choiceFaults(value, values), schema: { enum: [...values] } };
}

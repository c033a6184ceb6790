import { DateTime } from 'luxon';
import { getDomain } from 'tldts';
import { canonicalText } from '#fields';
import { type RowFault, shown } from '../failure.js';
import type { Condition, DateRule, ValueRule } from './mapping.js';

export type Cell = string | readonly string[] | boolean | null;
/** What a rule may name: columns, groups of the file's name, and what `let` has made of them. */
export type Cells = ReadonlyMap<string, Cell>;

/** A value that cannot be read; the field is known to whoever asked for it. */
export class UnreadableValue extends Error {
  constructor(readonly fault: Omit<RowFault, 'field'>) {
    super(fault.reason);
  }
}

/** @throws UnreadableValue */
export function evaluate(rule: ValueRule, cells: Cells): Cell {
  const found = origin(rule, cells);
  if (typeof found !== 'string') return found;
  const column = columnOf(rule);
  const text = canonicalText(found) as string;
  if (text === '' || rule.empty?.includes(text) === true) return null;
  const said = shown(text);
  const refused = lookup(rule.refuse, text);
  if (refused !== undefined)
    throw new UnreadableValue({ column, code: 'refused_value', reason: `"${said}": ${refused}` });
  if (rule.map !== undefined) {
    const mapped = lookup(rule.map, text);
    if (mapped !== undefined) return mapped;
    const known = Object.keys(rule.map).slice(0, 8).join(', ');
    throw new UnreadableValue({
      column,
      code: 'unknown_value',
      reason: `"${said}" is not a value that the mapping knows (${known} ...).`,
    });
  }
  if (rule.date !== undefined) return readDate(text, rule.date, column);
  if (rule.as === 'registrable-domain') return readDomain(text, column);
  if (rule.split !== undefined) {
    return text
      .split(rule.split)
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  return rule.cut === undefined ? text : cut(text, rule.cut);
}

/** The column that a person should look at when the rule's value is wrong. */
export function columnOf(rule: ValueRule): string | null {
  return rule.column ?? rule.when?.column ?? rule.template?.match(/\{([^{}]+)\}/)?.[1] ?? null;
}

function origin(rule: ValueRule, cells: Cells): Cell {
  if (rule.column !== undefined) return cells.get(rule.column) ?? null;
  if (rule.template !== undefined) return fill(rule.template, cells);
  if (rule.when !== undefined) {
    const branch = holds(rule.when, cells) ? rule.use : rule.otherwise;
    return branch === undefined ? null : evaluate(branch, cells);
  }
  return rule.value ?? null;
}

function holds(condition: Condition, cells: Cells): boolean {
  const value = cells.get(condition.column) ?? '';
  if ('present' in condition) return value !== '';
  return typeof value === 'string' && condition.in.includes(value.trim());
}

function fill(template: string, cells: Cells): string | null {
  let isWhole = true;
  const text = template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = cells.get(name);
    if (typeof value !== 'string' || value === '') isWhole = false;
    return String(value);
  });
  return isWhole ? text : null;
}

function lookup<Value>(table: Readonly<Record<string, Value>> | undefined, text: string): Value | undefined {
  if (table === undefined) return undefined;
  const key = text.toLowerCase();
  return Object.entries(table).find(([word]) => word.toLowerCase() === key)?.[1];
}

function readDate(
  text: string,
  { formats, zone = 'utc', notBefore, because }: DateRule,
  column: string | null,
): string {
  for (const format of formats) {
    const moment = DateTime.fromFormat(text, format, { zone, locale: 'en' });
    if (!moment.isValid) continue;
    if (notBefore !== undefined && moment < DateTime.fromISO(notBefore, { zone })) {
      const reason = `"${shown(text)}" lies before ${notBefore}. ${because ?? ''}`.trim();
      throw new UnreadableValue({ column, code: 'too_early', reason });
    }
    return moment.toUTC().toISO();
  }
  const reason = `"${shown(text)}" is not a day or time of the form ${formats.join(' or ')}.`;
  throw new UnreadableValue({ column, code: 'date', reason });
}

function readDomain(text: string, column: string | null): string {
  const domain = /^https?:\/\//i.test(text) ? getDomain(text) : null;
  if (domain !== null) return domain;
  throw new UnreadableValue({
    column,
    code: 'url',
    reason: `"${shown(text)}" is not a web address with a domain name.`,
  });
}

function cut(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const head = characters.slice(0, most - 1).join('');
  const space = head.lastIndexOf(' ');
  return `${(space > 0 ? head.slice(0, space) : head).trimEnd()}…`;
}

import type { Instant } from '#domain';
import type { Fault, FieldKind } from './field-kind.js';
import { canonicalText } from './text-kind.js';

export interface MomentRules {
  /** How far ahead of now it may lie; a day when left out, which forgives clocks and time zones. */
  readonly daysAhead?: number;
}

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const EARLIEST = Date.UTC(1900, 0, 1);
const DAY_MS = 24 * 60 * 60_000;

/** An RFC 3339 time with its offset, read as `YYYY-MM-DDTHH:mm:ss.sssZ`. Digits below the millisecond are dropped. */
export function momentKind({ daysAhead = 1 }: MomentRules = {}): FieldKind {
  return {
    read: (value) => readMoment(value) ?? value,
    faults: (value) => momentFaults(value, daysAhead),
    schema: { type: 'string', format: 'date-time' },
  };
}

/** Null: not a moment. */
function readMoment(value: unknown): Instant | null {
  const text = canonicalText(value);
  if (typeof text !== 'string') return null;
  if (isReadAlready(text)) return text;
  const parts = RFC_3339.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // Date would take 30 February for 2 March.
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const time = Date.parse(text.replace(/(\.\d{3})\d+/, '$1').toUpperCase());
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** As `toISOString` writes it, which it does of no day that there is not. */
function isReadAlready(text: string): boolean {
  if (text.length !== READ_LENGTH || !text.endsWith('Z')) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

const READ_LENGTH = '2023-09-05T09:30:00.000Z'.length;

function momentFaults(value: unknown, daysAhead: number): readonly Fault[] {
  const moment = readMoment(value);
  if (moment === null) {
    return [{ code: 'moment', detail: 'Must be an RFC 3339 time with its offset, such as 2023-09-05T09:30:00+02:00.' }];
  }
  const time = Date.parse(moment);
  if (time < EARLIEST) return [{ code: 'too_early', detail: 'Must not lie before 1900.' }];
  if (time > Date.now() + daysAhead * DAY_MS) {
    return [
      { code: 'too_late', detail: `Must lie no more than ${daysAhead === 1 ? 'a day' : `${daysAhead} days`} ahead.` },
    ];
  }
  return [];
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

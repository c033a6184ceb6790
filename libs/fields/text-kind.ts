import type { Fault, FieldKind } from './field-kind.js';

export interface TextRules {
  /** In characters (code points), after trimming; 1 when left out. */
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  /** Says in words what `pattern` asks for. */
  readonly form?: string;
  readonly format?: string;
}

const CONTROL = /[^\P{Cc}\n\t]/u;
/** Anything but space, separators, controls and invisible formatting such as the zero-width space. */
const VISIBLE = /[^\s\p{Z}\p{Cc}\p{Cf}]/u;

/** Composed as it is, and without line breaks. */
const PLAIN = /^[ -~]*$/;

/** One form for what looks the same: composed (NFC), trimmed, with plain line feeds. */
export function canonicalText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (PLAIN.test(value)) return value.trim();
  return value.normalize('NFC').replace(/\r\n?/g, '\n').trim();
}

export function textFaults(value: unknown, { min = 1, max, pattern, form }: TextRules): readonly Fault[] {
  if (typeof value !== 'string') return [{ code: 'type', detail: 'Must be text.' }];
  if (!value.isWellFormed()) return [{ code: 'characters', detail: 'Must be well-formed Unicode.' }];
  if (CONTROL.test(value)) return [{ code: 'characters', detail: 'Must hold no control characters.' }];
  if (min > 0 && !VISIBLE.test(value)) return [{ code: 'blank', detail: 'Must not be blank.' }];
  // A character takes one unit or two, so that nearly always the units tell.
  const isSure = value.length <= max && value.length >= 2 * min;
  const length = isSure ? value.length : [...value].length;
  if (length < min) return [{ code: 'too_short', detail: `Must have at least ${min} characters.` }];
  if (length > max) return [{ code: 'too_long', detail: `Must have at most ${max} characters.` }];
  if (pattern !== undefined && !pattern.test(value)) {
    return [{ code: 'pattern', detail: form ?? `Must match ${pattern.source}.` }];
  }
  return [];
}

export function textKind(rules: TextRules): FieldKind {
  const { min = 1, max, pattern, format } = rules;
  return {
    read: canonicalText,
    faults: (value) => textFaults(value, rules),
    schema: {
      type: 'string',
      minLength: min,
      maxLength: max,
      ...(pattern !== undefined && { pattern: pattern.source }),
      ...(format !== undefined && { format }),
    },
  };
}

import {
  canonicalText,
  choiceFaults,
  type FieldKind,
  identifierKind,
  referenceKind,
  type TextRules,
  textKind,
} from '#fields';
import { Field, type FieldOptions } from './field.js';
import { wholeNumberFaults } from './value.fields.js';

/** A whole number in a query, where everything is text. */
export function CountParameter(
  options: FieldOptions & { readonly min: number; readonly max: number; readonly default?: number },
): PropertyDecorator {
  const { min, max, default: preset } = options;
  return Field(
    {
      read: (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
      faults: (value) => wholeNumberFaults(value, min, max),
      schema: { type: 'integer', minimum: min, maximum: max, ...(preset !== undefined && { default: preset }) },
    },
    { ...options, optional: options.optional ?? preset !== undefined },
  );
}

/** A day of the calendar, as `YYYY-MM-DD`. */
export function DayParameter(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    {
      faults: (value) => (isDay(value) ? [] : [{ code: 'day', detail: 'Must be a day such as 2023-09-11.' }]),
      schema: { type: 'string', format: 'date' },
    },
    options,
  );
}

function isDay(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[12]\d{3}-\d{2}-\d{2}$/.test(value)) return false;
  const moment = new Date(`${value}T00:00:00.000Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value);
}

/** `true` or `false` in a query. */
export function FlagParameter(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    {
      read: (value) => (value === 'true' ? true : value === 'false' ? false : value),
      faults: (value) => (typeof value === 'boolean' ? [] : [{ code: 'type', detail: 'Must be true or false.' }]),
      schema: { type: 'boolean' },
    },
    options,
  );
}

/** Some of the values, by repeating the parameter or with commas; read as a list without repetitions. */
export function ChoicesParameter(
  values: readonly string[],
  options: FieldOptions & { readonly enumName?: string } = {},
): PropertyDecorator {
  const { enumName } = options;
  return Field(
    {
      read: readList,
      faults: (value) => (Array.isArray(value) ? value.flatMap((item) => choiceFaults(item, values)).slice(0, 1) : []),
      schema: {
        isArray: true,
        enum: [...values],
        ...(enumName !== undefined && { enumName }),
        maxItems: values.length,
      },
    },
    options,
  );
}

/** Different texts, by repeating the parameter; read as a list without repetitions. */
export function TextsParameter(
  options: FieldOptions & { readonly each: TextRules; readonly maxItems: number },
): PropertyDecorator {
  return listParameter(textKind(options.each), options);
}

/** Different ids, slugs or keys, by repeating the parameter. */
export function IdentifiersOrKeysParameter(options: FieldOptions & { readonly maxItems: number }): PropertyDecorator {
  return listParameter(referenceKind, options);
}

/** Different ids, by repeating the parameter. */
export function IdentifiersParameter(options: FieldOptions & { readonly maxItems: number }): PropertyDecorator {
  return listParameter(identifierKind, options);
}

function listParameter(each: FieldKind, options: FieldOptions & { readonly maxItems: number }): PropertyDecorator {
  const { maxItems } = options;
  const { required: _, ...items } = each.schema as Record<string, unknown>;
  return Field(
    {
      read: (value) => [...new Set([value].flat().map((item) => each.read?.(item) ?? item))],
      faults: (value) => {
        const list = value as readonly unknown[];
        if (list.length > maxItems) return [{ code: 'too_many', detail: `Must be given at most ${maxItems} times.` }];
        return list.flatMap((item) => each.faults(item)).slice(0, 1);
      },
      schema: { type: 'array', items: items as { type: string }, maxItems },
    },
    options,
  );
}

function readList(value: unknown): unknown {
  const texts = (Array.isArray(value) ? value : [value]).flatMap((item) =>
    typeof item === 'string' ? item.split(',').map(canonicalText) : [item],
  );
  return [...new Set(texts)];
}

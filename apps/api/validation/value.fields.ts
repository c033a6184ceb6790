import { applyDecorators, type Type as Class } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import {
  canonicalText,
  choiceFaults,
  type Fault,
  flagKind,
  lowerCaseId,
  REFERENCE_RULES,
  type TextRules,
  textFaults,
  textKind,
} from '#fields';
import { Field, type FieldOptions } from './field.js';

/** One of the values. `enumName` names the schema, so that clients get one type for it. */
export function Choice(
  values: readonly string[],
  options: FieldOptions & { readonly enumName?: string } = {},
): PropertyDecorator {
  const { enumName } = options;
  return Field(
    {
      faults: (value) => choiceFaults(value, values),
      isExact: true,
      schema: { enum: [...values], ...(enumName !== undefined ? { enumName } : { type: 'string' }) },
    },
    options,
  );
}

/** true or false. In a query: `FlagParameter`. */
export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return Field(flagKind, options);
}

/** In a query: `CountParameter`. */
export function WholeNumber(options: FieldOptions & { readonly min: number; readonly max: number }): PropertyDecorator {
  const { min, max } = options;
  return Field(
    {
      faults: (value) => wholeNumberFaults(value, min, max),
      isExact: Number.isSafeInteger(min) && Number.isSafeInteger(max),
      schema: { type: 'integer', minimum: min, maximum: max },
    },
    options,
  );
}

export function wholeNumberFaults(value: unknown, min: number, max: number): readonly Fault[] {
  if (!Number.isSafeInteger(value)) return [{ code: 'type', detail: 'Must be a whole number.' }];
  const number = value as number;
  return number < min || number > max ? [{ code: 'range', detail: `Must be ${min} to ${max}.` }] : [];
}

export interface ListRules {
  readonly maxItems: number;
  readonly minItems?: number;
}

/** Different texts, each by its own rules. */
export function TextList(options: ListRules & FieldOptions & { readonly each: TextRules }): PropertyDecorator {
  const { each, ...rules } = options;
  return listField(rules, each, canonicalText);
}

/** Different ids, slugs or keys. */
export function IdentifierOrKeyList(options: ListRules & FieldOptions): PropertyDecorator {
  return listField(options, REFERENCE_RULES, lowerCaseId);
}

function listField(
  options: ListRules & FieldOptions,
  each: TextRules,
  read: (value: unknown) => unknown,
): PropertyDecorator {
  const { minItems = 0, maxItems } = options;
  const { required: _, ...items } = textKind(each).schema as Record<string, unknown>;
  return Field(
    {
      read: (value) => (Array.isArray(value) ? value.map(read) : value),
      faults: (value) => {
        const faults = listFaults(value, options);
        if (faults.length > 0 || !Array.isArray(value)) return faults;
        return value.flatMap((item, index) => [
          ...textFaults(item, each).map((fault) => ({ ...fault, at: `/${index}` })),
          ...(value.indexOf(item) < index
            ? [{ code: 'duplicate', detail: 'Is in the list twice.', at: `/${index}` }]
            : []),
        ]);
      },
      schema: { type: 'array', items: items as { type: string }, minItems, maxItems, uniqueItems: true },
    },
    options,
  );
}

function listFaults(value: unknown, { minItems = 0, maxItems }: ListRules): readonly Fault[] {
  if (!Array.isArray(value)) return [{ code: 'type', detail: 'Must be a list.' }];
  if (value.length < minItems) return [{ code: 'too_few', detail: `Must have at least ${minItems} items.` }];
  if (value.length > maxItems) return [{ code: 'too_many', detail: `Must have at most ${maxItems} items.` }];
  return [];
}

type NestedOptions = FieldOptions & ({ readonly array?: false } | (ListRules & { readonly array: true }));

/** An object of another DTO, or with `array` a list of them. */
export function Nested(dto: () => Class<unknown>, options: NestedOptions = {}): PropertyDecorator {
  const list = options.array === true ? options : null;
  return applyDecorators(
    Type(dto),
    ValidateNested(),
    Field(
      {
        faults: (value) => (list === null ? objectFaults(value) : nestedListFaults(value, list)),
        schema:
          list === null
            ? { type: () => dto() }
            : // A function of this very name is how the OpenAPI module knows a class that is named later.
              { type: () => dto(), isArray: true, minItems: list.minItems ?? 0, maxItems: list.maxItems },
      },
      options,
      dto,
    ),
  );
}

function nestedListFaults(value: unknown, rules: ListRules): readonly Fault[] {
  const faults = listFaults(value, rules);
  if (faults.length > 0 || !Array.isArray(value)) return faults;
  return value.flatMap((item, index) => objectFaults(item).map((fault) => ({ ...fault, at: `/${index}` })));
}

function objectFaults(value: unknown): readonly Fault[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? [] : [{ code: 'type', detail: 'Must be an object.' }];
}

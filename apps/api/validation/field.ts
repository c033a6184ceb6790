import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy, ValidateIf } from 'class-validator';
import type { Fault, FieldKind } from '#fields';
import { declareField } from './field-registry.js';

export interface FieldOptions {
  /** The field may be left out. */
  readonly optional?: boolean;
  /** The field may be null. */
  readonly nullable?: boolean;
  readonly description?: string;
  readonly example?: unknown;
}

/** The name under which a field's faults travel through class-validator, as JSON: its messages are text and no more. */
export const FAULTS = 'faults';

/** `dto`: the class of the field's objects, which `Nested` gives. */
export function Field(
  kind: FieldKind,
  options: FieldOptions = {},
  dto: (() => Class<unknown>) | null = null,
): PropertyDecorator {
  const { optional = false, nullable = false, description, example } = options;
  const faults = (value: unknown) => (value === undefined ? [REQUIRED] : kind.faults(value));
  return applyDecorators(
    (prototype: object, name: string | symbol) =>
      declareField(prototype, String(name), { kind, optional, nullable, dto }),
    Transform(({ value }) => (kind.read === undefined ? value : kind.read(value))),
    Conditional((value) => !(optional && value === undefined) && !(nullable && value === null)),
    ValidateBy({
      name: FAULTS,
      validator: {
        validate: (value) => faults(value).length === 0,
        defaultMessage: (arguments_) => JSON.stringify(faults(arguments_?.value)),
      },
    }),
    ApiProperty({
      ...kind.schema,
      required: !optional,
      ...(nullable && { nullable: true }),
      ...(description !== undefined && { description }),
      ...(example !== undefined && { example }),
    } as ApiPropertyOptions),
  );
}

function Conditional(applies: (value: unknown) => boolean): PropertyDecorator {
  return ValidateIf((_object, value) => applies(value));
}

const REQUIRED: Fault = { code: 'required', detail: 'Is required.' };

import 'reflect-metadata';
import type { Type as Class } from '@nestjs/common';
import type { FieldKind } from '#fields';

/** What a DTO class says of one of its fields. */
export interface DeclaredField {
  readonly kind: FieldKind;
  readonly optional: boolean;
  readonly nullable: boolean;
  /** The class of the object, or of each item of the list. */
  readonly dto: (() => Class<unknown>) | null;
}

const FIELDS = 'storyledger:fields';

/** Called by the decorators of fields. */
export function declareField(prototype: object, name: string, field: DeclaredField): void {
  // Its own copy: what a class adds to the fields that it inherits is not its parent's.
  const inherited = Reflect.getMetadata(FIELDS, prototype) as ReadonlyMap<string, DeclaredField> | undefined;
  Reflect.defineMetadata(FIELDS, new Map(inherited).set(name, field), prototype);
}

/** Those of the classes that it extends among them. */
export function fieldsOf(dto: Class<unknown>): ReadonlyMap<string, DeclaredField> {
  return (Reflect.getMetadata(FIELDS, dto.prototype) as ReadonlyMap<string, DeclaredField> | undefined) ?? new Map();
}

import type { Type as Class } from '@nestjs/common';
import { Ajv, type FuncKeywordDefinition, type SchemaObject } from 'ajv';
import { getMetadataStorage } from 'class-validator';
import { FAULTS } from './field.js';
import { type DeclaredField, fieldsOf } from './field-registry.js';

/** Makes a valid value into its DTO. Null: it is not valid, and class-validator can tell why. */
export type DtoReader = (value: unknown) => object | null;

/** The read fields of the value under validation. */
type Target = Record<string, unknown>;

const READS = 'reads';
const ajv = new Ajv({ passContext: true });
const readers = new Map<Class<unknown>, DtoReader>();
/** The fields that schemas name by their index: a schema is data, and these are functions. */
const reads: ((value: unknown) => unknown)[] = [];

/** What a field's function answers for a value that the field does not take. */
const REFUSED = Symbol('refused');

ajv.addKeyword({
  keyword: READS,
  schemaType: 'number',
  errors: false,
  compile: (index: number) => {
    const read = reads[index];
    if (read === undefined) throw new RangeError(`No field has the index ${index}.`);
    return function (this: Target, value: unknown, at?: { parentDataProperty: string | number }) {
      const made = read(value);
      if (made === REFUSED) return false;
      // The value itself stays as it came: of one that is refused, class-validator reads it afresh.
      this[at?.parentDataProperty ?? ''] = made;
      return true;
    };
  },
} as FuncKeywordDefinition);

/**
 * The reader of a class, compiled at its first use from what its decorators say.
 *
 * JSON Schema judges what it can judge alone: which fields there are, which must be there, booleans, choices and whole
 * numbers. Every other rule speaks of the value as read (trimmed, composed, in lower case), for which it has no word:
 * there a keyword calls the function that class-validator calls.
 *
 * @throws Error of a class with a rule that is not in the schema, which would then go unchecked
 */
export function dtoReader(dto: Class<unknown>): DtoReader {
  const known = readers.get(dto);
  if (known !== undefined) return known;
  const validate = ajv.compile<object>(dtoSchema(dto));
  const reader: DtoReader = (value) => {
    const target = new dto() as object;
    return validate.call(target, value) ? target : null;
  };
  readers.set(dto, reader);
  return reader;
}

function dtoSchema(dto: Class<unknown>): SchemaObject {
  const fields = [...fieldsOf(dto)];
  assertNothingElse(dto, new Set(fields.map(([name]) => name)));
  return {
    type: 'object',
    additionalProperties: false,
    required: fields.filter(([, { optional }]) => !optional).map(([name]) => name),
    properties: Object.fromEntries(fields.map(([name, field]) => [name, fieldSchema(field)])),
  };
}

function fieldSchema(field: DeclaredField): SchemaObject {
  const { kind, nullable } = field;
  const index = reads.push(reading(field)) - 1;
  if (!kind.isExact) return { [READS]: index };
  const { enumName: _, ...schema } = kind.schema;
  return { ...(nullable ? { anyOf: [{ type: 'null' }, schema] } : schema), [READS]: index };
}

function reading({ kind, nullable, dto }: DeclaredField): (value: unknown) => unknown {
  if (kind.isExact) return (value) => value;
  const plain = (value: unknown) => {
    const read = kind.read === undefined ? value : kind.read(value);
    return kind.faults(read).length === 0 ? read : REFUSED;
  };
  const read = dto === null ? plain : (value: unknown) => nested(plain(value), dto());
  return nullable ? (value) => (value === null ? null : read(value)) : read;
}

/** Of what is known to be an object, or a list of objects. */
function nested(value: unknown, dto: Class<unknown>): unknown {
  if (value === REFUSED) return REFUSED;
  const read = dtoReader(dto);
  if (!Array.isArray(value)) return read(value) ?? REFUSED;
  const items: object[] = [];
  for (const each of value) {
    const item = read(each);
    if (item === null) return REFUSED;
    items.push(item);
  }
  return items;
}

/** A decorator of class-validator used as it is would be a rule that only one of the two knows. */
function assertNothingElse(dto: Class<unknown>, fields: ReadonlySet<string>): void {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  for (const { propertyName, type, name } of rules) {
    const isOurs = name === FAULTS || type === 'conditionalValidation' || type === 'nestedValidation';
    if (!isOurs || !fields.has(propertyName)) {
      throw new Error(`${dto.name}.${propertyName} has a rule (${name ?? type}) that no field decorator has declared.`);
    }
  }
}

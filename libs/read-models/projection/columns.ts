import type { EntitySchemaColumnOptions, ValueTransformer } from 'typeorm';

const bigintText: ValueTransformer = {
  to: (value: bigint | null | undefined) => (value === null || value === undefined ? value : value.toString()),
  from: (value: string | null) => (value === null ? null : BigInt(value)),
};

const instant: ValueTransformer = {
  to: (value: string | null | undefined) => value,
  from: (value: Date | null) => (value === null ? null : value.toISOString()),
};

/* One line a column keeps the entities readable; each returns fresh options because TypeORM keeps hold of them. */
type Extra = Pick<EntitySchemaColumnOptions, 'primary' | 'nullable'>;

export const uuid = (name: string, extra: Extra = {}): EntitySchemaColumnOptions => ({ name, type: 'uuid', ...extra });
export const text = (name: string, extra: Extra = {}): EntitySchemaColumnOptions => ({ name, type: 'text', ...extra });
export const flag = (name: string): EntitySchemaColumnOptions => ({ name, type: 'boolean' });
export const count = (name: string): EntitySchemaColumnOptions => ({ name, type: 'integer' });
export const day = (name: string, extra: Extra = {}): EntitySchemaColumnOptions => ({ name, type: 'date', ...extra });
export const seconds = (name: string): EntitySchemaColumnOptions => ({
  name,
  type: 'double precision',
  nullable: true,
});
export const json = (name: string, extra: Extra = {}): EntitySchemaColumnOptions => ({ name, type: 'jsonb', ...extra });
export const uuids = (name: string): EntitySchemaColumnOptions => ({ name, type: 'uuid', array: true });
export const texts = (name: string): EntitySchemaColumnOptions => ({ name, type: 'text', array: true });
export const position = (name: string, extra: Extra = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'numeric',
  precision: 40,
  scale: 0,
  transformer: bigintText,
  ...extra,
});
export const revision = (name: string, extra: Extra = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'bigint',
  transformer: bigintText,
  ...extra,
});
export const instantAt = (name: string, extra: Extra = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'timestamptz',
  transformer: instant,
  ...extra,
});

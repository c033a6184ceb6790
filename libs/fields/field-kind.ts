/** What is wrong with a value. */
export interface Fault {
  /** Stable, such as `too_long`. */
  readonly code: string;
  /** What the value must be; never the value. */
  readonly detail: string;
  /** Where below the field, as a JSON pointer; the field itself when left out. */
  readonly at?: string;
}

/**
 * A kind of field: how it is read, what may be wrong with it, and what a JSON schema says of it, in one place. The API
 * and imports go by the same kinds, so that a row is taken exactly when the API would take it.
 */
export interface FieldKind {
  /** Brings a value into its canonical form; one that is wrong is returned as it came. */
  read?(value: unknown): unknown;
  /** Of a value that was read. */
  faults(value: unknown): readonly Fault[];
  readonly schema: Readonly<Record<string, unknown>>;
  /** The schema says all that `faults` says, and there is nothing to read. Not so when left out. */
  readonly isExact?: boolean;
}

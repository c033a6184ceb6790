import { type ReactNode, useEffect, useId } from 'react';
import type { Bound } from './draft.js';
import { useFaults } from './faults.js';
import './forms.css';

/** What ties a control to its label, its hint and its faults. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
}

interface FieldProps {
  readonly label: string;
  /** Into the body of the request: `/replacement/quote`. */
  readonly pointer: string;
  readonly hint?: ReactNode;
  readonly optional?: boolean;
  readonly children: (control: ControlProps) => ReactNode;
}

export function Field({ label, pointer, hint, optional = false, children }: FieldProps) {
  const id = useId();
  const faults = useFieldFaults(pointer);
  return (
    <div className="form-field">
      <label htmlFor={id}>
        {label} {optional && <span className="hint">optional</span>}
      </label>
      {children({ id, 'aria-describedby': `${id}-hint ${id}-faults`, 'aria-invalid': faults.length > 0 })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
      <FaultList id={`${id}-faults`} faults={faults} />
    </div>
  );
}

export function useFieldFaults(pointer: string): readonly string[] {
  const faults = useFaults();
  useEffect(() => faults.show(pointer));
  return faults.at(pointer);
}

export function FaultList({ id, faults }: { readonly id: string; readonly faults: readonly string[] }) {
  if (faults.length === 0) return null;
  return (
    <p id={id} className="fault">
      {faults.join(' ')}
    </p>
  );
}

interface TextFieldProps extends Omit<FieldProps, 'children'>, Bound<string> {
  readonly max: number;
  readonly rows?: number;
  readonly required?: boolean;
  readonly type?: 'text' | 'url' | 'datetime-local';
}

export function TextField({
  value,
  onChange,
  max,
  rows = 1,
  required = false,
  type = 'text',
  ...field
}: TextFieldProps) {
  return (
    <Field {...field}>
      {(control) =>
        rows > 1 ? (
          <textarea
            {...control}
            rows={rows}
            value={value}
            maxLength={max}
            required={required}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <input
            {...control}
            type={type}
            value={value}
            maxLength={max}
            required={required}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}

/** Of a moment in the reader's time: see local-time.ts. */
export function MomentField(field: Omit<FieldProps, 'children'> & Bound<string>) {
  return <TextField type="datetime-local" max={30} required {...field} />;
}

interface SelectFieldProps<Value extends string> extends Omit<FieldProps, 'children'>, Bound<Value> {
  readonly options: readonly (readonly [value: Value, word: string])[];
}

export function SelectField<Value extends string>({ options, value, onChange, ...field }: SelectFieldProps<Value>) {
  return (
    <Field {...field}>
      {(control) => (
        <select {...control} value={value} onChange={({ target }) => onChange(target.value as Value)}>
          {options.map(([option, word]) => (
            <option key={option} value={option}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly faults?: readonly string[];
}

export function Check({ label, checked, onChange, faults = [] }: CheckProps) {
  const id = useId();
  return (
    <div>
      <label className="check">
        <input
          type="checkbox"
          checked={checked}
          aria-invalid={faults.length > 0}
          aria-describedby={`${id}-faults`}
          onChange={({ target }) => onChange(target.checked)}
        />{' '}
        {label}
      </label>
      <FaultList id={`${id}-faults`} faults={faults} />
    </div>
  );
}

export function CheckField({ label, pointer, value, onChange }: Bound<boolean> & { readonly label: string }) {
  return <Check label={label} checked={value} onChange={onChange} faults={useFieldFaults(pointer)} />;
}

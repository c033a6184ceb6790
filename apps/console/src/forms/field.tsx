import { type ReactNode, useEffect, useId } from 'react';
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

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string;
  readonly onChange: (text: string) => void;
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

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} /> {label}
    </label>
  );
}

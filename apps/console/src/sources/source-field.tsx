import { useId, useState } from 'react';
import { createPortal } from 'react-dom';
import type { Bound } from '../forms/draft.js';
import { FaultList, useFieldFaults } from '../forms/field.js';
import { useMay } from '../session/session.js';
import { RegisterSourceDialog } from './register-source-dialog.js';
import { SourcePicker } from './source-picker.js';

interface SourceFieldProps extends Bound<string> {
  readonly label: string;
  readonly hint?: string;
}

/** The id of a source, '' for none; one that is not registered yet can be registered on the way. */
export function SourceField({ label, pointer, hint, value, onChange }: SourceFieldProps) {
  const id = useId();
  const [registering, setRegistering] = useState(false);
  const mayRegister = useMay('reporter');
  const faults = useFieldFaults(pointer);
  return (
    <div className="form-field">
      <SourcePicker
        label={label}
        value={value}
        placeholder="Type a name"
        invalid={faults.length > 0}
        describedBy={`${id}-hint ${id}-faults`}
        onPicked={(source) => onChange(source?.sourceId ?? '')}
      />
      <p id={`${id}-hint`} className="hint">
        {hint}{' '}
        {mayRegister && (
          <button type="button" className="quiet" onClick={() => setRegistering(true)}>
            Register a new source
          </button>
        )}
      </p>
      <FaultList id={`${id}-faults`} faults={faults} />
      {registering &&
        createPortal(
          <RegisterSourceDialog onClose={() => setRegistering(false)} onRegistered={onChange} />,
          document.body,
        )}
    </div>
  );
}

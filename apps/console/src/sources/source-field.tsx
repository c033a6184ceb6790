import { useId, useState } from 'react';
import { createPortal } from 'react-dom';
import { FaultList, useFieldFaults } from '../forms/field.js';
import { useMay } from '../session/session.js';
import { Dialog } from '../shell/dialog.js';
import { RegisterSourceForm } from './register-source-form.js';
import { SourcePicker } from './source-picker.js';

interface SourceFieldProps {
  readonly label: string;
  readonly pointer: string;
  readonly hint?: string;
  /** The id of the source; '' for none. */
  readonly value: string;
  readonly onPicked: (sourceId: string) => void;
}

/** A source of a form; one that is not registered yet can be registered on the way. */
export function SourceField({ label, pointer, hint, value, onPicked }: SourceFieldProps) {
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
        onPicked={(source) => onPicked(source?.sourceId ?? '')}
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
          <Dialog open title="Register a source" onClose={() => setRegistering(false)}>
            <RegisterSourceForm
              onDone={(sourceId) => {
                setRegistering(false);
                onPicked(sourceId);
              }}
            />
          </Dialog>,
          document.body,
        )}
    </div>
  );
}

import { FormDialog } from '../forms/form-dialog.js';
import { REGISTER_SOURCE } from './source-forms.js';

interface RegisterProps {
  readonly onClose: () => void;
  readonly onRegistered: (sourceId: string) => void;
}

export function RegisterSourceDialog({ onClose, onRegistered }: RegisterProps) {
  return (
    <FormDialog
      spec={REGISTER_SOURCE}
      revision={null}
      onDone={({ sourceId }) => onRegistered(sourceId)}
      onClose={onClose}
    />
  );
}

import { Form } from '../forms/form.js';
import { Dialog } from '../shell/dialog.js';
import { REGISTER_SOURCE } from './source-forms.js';

interface RegisterProps {
  readonly onClose: () => void;
  readonly onRegistered: (sourceId: string) => void;
}

export function RegisterSourceDialog({ onClose, onRegistered }: RegisterProps) {
  return (
    <Dialog open title={REGISTER_SOURCE.title} onClose={onClose}>
      <Form
        spec={REGISTER_SOURCE}
        revision={null}
        onDone={({ sourceId }) => {
          onClose();
          onRegistered(sourceId);
        }}
      />
    </Dialog>
  );
}

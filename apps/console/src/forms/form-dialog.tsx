import { Dialog } from '../shell/dialog.js';
import type { Receipted } from './command-form.js';
import { Form, type FormProps } from './form.js';

interface FormDialogProps<Draft extends object, Answer extends Receipted>
  extends Omit<FormProps<Draft, Answer>, 'onDone'> {
  readonly onClose: () => void;
  /** Told before the dialog closes. */
  readonly onDone?: FormProps<Draft, Answer>['onDone'];
}

/** A form in a dialog, which closes once the command is given. */
export function FormDialog<Draft extends object, Answer extends Receipted>({
  onClose,
  onDone,
  ...form
}: FormDialogProps<Draft, Answer>) {
  return (
    <Dialog open title={form.spec.title} onClose={onClose}>
      <Form
        {...form}
        onDone={(answer, draft) => {
          onDone?.(answer, draft);
          onClose();
        }}
      />
    </Dialog>
  );
}

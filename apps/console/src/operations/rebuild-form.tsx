import { answer, api } from '../api/client.js';
import type { Projection } from '../api/types.js';
import { CommandForm } from '../forms/command-form.js';

interface FormProps {
  readonly projection: Projection;
  readonly onDone: () => void;
}

export function AskForRebuild({ projection: { projection }, onDone }: FormProps) {
  const send = async () => {
    await answer(api.POST('/v1/projections/{projection}/rebuild', { params: { path: { projection } } }));
    return { position: null };
  };
  return (
    <CommandForm revision={null} submit="Rebuild it" send={send} onDone={onDone}>
      <p>
        A projector computes <strong>{projection}</strong> again from the whole log, in new tables beside the old ones.
        Those are read until the new ones take their place. It needs their room on the disk once more, and it stands in
        the record who asked.
      </p>
    </CommandForm>
  );
}

import { useMutation } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import type { Source } from '../api/types.js';
import { Moment } from '../moments/moment.js';
import { Dialog } from '../shell/dialog.js';
import { nameOf } from './source-picker.js';

interface IdentityProps {
  readonly source: Source;
  readonly onClose: () => void;
}

/** The identity is asked for when somebody says so, and kept nowhere but in this dialog. */
export function IdentityDialog({ source, onClose }: IdentityProps) {
  const reading = useMutation({
    mutationFn: () =>
      answer(api.GET('/v1/sources/{source}/identity', { params: { path: { source: source.sourceId } } })),
    gcTime: 0,
  });
  return (
    <Dialog open title="The sealed identity" onClose={onClose}>
      <div className="command-form">
        {reading.data === undefined ? (
          <>
            <p className="heed">
              You are about to read who “{nameOf(source)}” is. That you did is noted in the access log, with your key
              and the time.
            </p>
            {reading.error !== null && (
              <p className="refusal" role="alert">
                {reading.error.message}
              </p>
            )}
            <p className="actions">
              <button type="button" className="danger" disabled={reading.isPending} onClick={() => reading.mutate()}>
                Show it, and note that I read it
              </button>
            </p>
          </>
        ) : (
          <div role="status">
            <p className="identity">{reading.data.identity}</p>
            <p className="hint">
              Sealed by {reading.data.sealedBy}, <Moment at={reading.data.sealedAt} />. It is shown until this is
              closed.
            </p>
          </div>
        )}
      </div>
    </Dialog>
  );
}

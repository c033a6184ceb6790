import { useState } from 'react';
import { Dialog } from '../shell/dialog.js';
import { EventProof } from './event-proof.js';
import './proof.css';

interface DialogProps {
  /** In the order of the log. */
  readonly eventIds: readonly string[];
  readonly onClose: () => void;
}

/** That what the page shows was recorded so, and stands in the log that was signed. */
export function ProofDialog({ eventIds, onClose }: DialogProps) {
  const [shown, setShown] = useState(0);
  const eventId = eventIds[shown] ?? eventIds[0];
  return (
    <Dialog open title="Proof of what was recorded" onClose={onClose}>
      <div className="proof">
        {eventIds.length > 1 && (
          <fieldset className="proof-events">
            <legend>This step is of {eventIds.length} events</legend>
            {eventIds.map((id, n) => (
              <button key={id} type="button" aria-pressed={n === shown} onClick={() => setShown(n)}>
                {n + 1}
              </button>
            ))}
          </fieldset>
        )}
        {eventId !== undefined && <EventProof key={eventId} eventId={eventId} />}
      </div>
    </Dialog>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client.js';
import type { ParkedEvent, Unparking } from '../api/types.js';
import { CommandForm } from '../forms/command-form.js';
import { TextField } from '../forms/field.js';
import { Ago } from '../moments/moment.js';
import { Dialog } from '../shell/dialog.js';
import { Fault } from './fault.js';

const PARKED = ['parked'];
const TOUCHED = [PARKED, ['projections'], ['readiness']];

/** Events that a read model could not apply: later ones of their streams wait behind them. */
export function ParkedEvents() {
  const queries = useQueryClient();
  const [dropping, setDropping] = useState<ParkedEvent | null>(null);
  const { data, error } = useQuery({
    queryKey: PARKED,
    queryFn: ({ signal }) => answer(api.GET('/v1/projections/parked', { params: { query: { limit: 100 } }, signal })),
    refetchInterval: 5_000,
  });
  const retry = useMutation({
    mutationFn: (parkedId: string) =>
      answer(api.POST('/v1/projections/parked/{parkedId}/retry', { params: { path: { parkedId } } })),
    onSettled: () => Promise.all(TOUCHED.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const failure = error ?? retry.error;
  return (
    <section aria-labelledby="parked">
      <h2 id="parked">Parked events</h2>
      {failure !== null && <Fault text={failure.message} />}
      <p role="status">{retry.data !== undefined && outcomeText(retry.data)}</p>
      {data?.items.length === 0 && <p className="hint">None: every read model could apply every event.</p>}
      <ul className="list">
        {data?.items.map((parked) => (
          <li key={parked.parkedId}>
            <strong>{parked.eventType}</strong> at {parked.position}, in {parked.projection}: {parked.state},{' '}
            {parked.attempts === 1 ? 'tried once' : `tried ${parked.attempts} times`}, last <Ago at={parked.lastAt} />
            <span className="hint">
              {' '}
              (<code>{parked.stream}</code>, revision {parked.revision})
            </span>
            {parked.message !== null && <pre>{parked.message}</pre>}
            {parked.dropped !== null && (
              <p className="hint">
                {parked.dropped.actorName} let it go, <Ago at={parked.dropped.at} />: “{parked.dropped.reason}”
              </p>
            )}
            {parked.state === 'parked' && (
              <p className="actions no-print">
                <button type="button" disabled={retry.isPending} onClick={() => retry.mutate(parked.parkedId)}>
                  Try again
                </button>
                <button type="button" className="danger" onClick={() => setDropping(parked)}>
                  Go on without it
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
      <Dialog open={dropping !== null} title="Go on without a parked event" onClose={() => setDropping(null)}>
        {dropping !== null && <DropForm parked={dropping} onDone={() => setDropping(null)} />}
      </Dialog>
    </section>
  );
}

function outcomeText({ applied, parked }: Unparking): string {
  if (parked !== null && applied === 0) return `It failed again, at ${parked.eventType}.`;
  const done = applied === 1 ? '1 event was applied' : `${applied} events were applied`;
  return parked === null ? `${done}, and nothing of the stream is held any more.` : `${done}; the next one failed.`;
}

function DropForm({ parked: { parkedId }, onDone }: { readonly parked: ParkedEvent; readonly onDone: () => void }) {
  const [reason, setReason] = useState('');
  const send = async () => {
    const params = { path: { parkedId } };
    await answer(api.POST('/v1/projections/parked/{parkedId}/drop', { params, body: { reason } }));
    return { position: null };
  };
  return (
    <CommandForm revision={null} submit="Go on without it" danger send={send} onDone={onDone}>
      <p>The event stays in the log, and a rebuild tries it once more. Those that wait behind it are applied.</p>
      <TextField
        label="Why"
        pointer="/reason"
        hint="It stands in the record for good."
        max={1000}
        rows={2}
        required
        value={reason}
        onChange={setReason}
      />
    </CommandForm>
  );
}

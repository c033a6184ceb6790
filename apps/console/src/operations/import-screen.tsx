import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answer, api } from '../api/client.js';
import type { ImportDetails, RowOutcome } from '../api/types.js';
import { CommandForm } from '../forms/command-form.js';
import { TextField } from '../forms/field.js';
import { Moment } from '../moments/moment.js';
import { useMay } from '../session/session.js';
import { Dialog } from '../shell/dialog.js';
import { FailureScreen } from '../shell/failure-screen.js';
import { ScrollTable } from '../shell/scroll-table.js';
import { useTitle } from '../shell/use-title.js';
import { Waiting } from '../shell/waiting.js';
import './operations.css';

const LOOK_EVERY_MS = 1_500;
/** Keyed, so that an outcome that the API adds or drops stops this from compiling. */
const OUTCOME_WORDS: Readonly<Record<RowOutcome, string>> = {
  taken: 'Taken',
  duplicate: 'There before',
  refused: 'Refused',
};
const SHOWN = ['', ...(Object.keys(OUTCOME_WORDS) as RowOutcome[])] as const;

/** What became of a file, row by row. */
export function ImportScreen({ batch }: { readonly batch: string }) {
  const { data, error } = useQuery({
    queryKey: ['imports', batch],
    queryFn: ({ signal }) => answer(api.GET('/v1/imports/{batch}', { params: { path: { batch } }, signal })),
    refetchInterval: ({ state }) => (state.data !== undefined && isUnderWay(state.data) ? LOOK_EVERY_MS : false),
  });
  useTitle(data?.fileName ?? 'Import');
  if (data === undefined) return error === null ? <Waiting what="the import" /> : <FailureScreen error={error} />;
  return (
    <article className="operations">
      <p>
        <Link href="/operations/imports">All imports</Link>
      </p>
      <h1>{data.fileName}</h1>
      <Summary details={data} />
      <Refusals details={data} />
      <Rows details={data} />
    </article>
  );
}

function isUnderWay({ state }: ImportDetails): boolean {
  return state === 'running' || state === 'voiding';
}

function Summary({ details }: { readonly details: ImportDetails }) {
  const { state, dryRun, mapping, actor, startedAt, finishedAt, rowsDone, taken, duplicate, refused, problem } =
    details;
  const [voiding, setVoiding] = useState(false);
  const mayVoid = useMay('editor') && !dryRun && state === 'done';
  return (
    <>
      <dl className="facts">
        <Fact name="State" value={`${state.replaceAll('_', ' ')}${dryRun ? ' (dry run: nothing was stored)' : ''}`} />
        <Fact name="Rows" value={String(rowsDone)} />
        <Fact name="Taken" value={String(taken)} />
        <Fact name="There before" value={String(duplicate)} />
        <Fact name="Refused" value={String(refused)} />
        <Fact name="Mapping" value={mapping} />
        {details.voidReason !== null && <Fact name="Voided" value={String(details.voided)} />}
        <Fact name="By" value={actor} />
      </dl>
      <p className="hint">
        Begun <Moment at={startedAt} />
        {finishedAt !== null && (
          <>
            , ended <Moment at={finishedAt} />
          </>
        )}
        {details.voidReason !== null && <>; voided: “{details.voidReason}”</>}
      </p>
      {problem !== null && (
        <p className="refusal" role="alert">
          {problem}
        </p>
      )}
      {mayVoid && (
        <p className="actions no-print">
          <button type="button" className="danger" onClick={() => setVoiding(true)}>
            Void the import
          </button>
        </p>
      )}
      <Dialog open={voiding} title="Void the import" onClose={() => setVoiding(false)}>
        <VoidImport batch={details.batchId} onDone={() => setVoiding(false)} />
      </Dialog>
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function VoidImport({ batch, onDone }: { readonly batch: string; readonly onDone: () => void }) {
  const [reason, setReason] = useState('');
  const send = async () => {
    const params = { path: { batch } };
    return answer(api.POST('/v1/imports/{batch}/void', { params, body: { reason } }));
  };
  return (
    <CommandForm revision={null} submit="Void the import" danger send={send} onDone={onDone}>
      <p>
        Every word that it brought is voided; threads that it opened and in which nothing counts any more are closed.
      </p>
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

function Refusals({ details: { refusals } }: { readonly details: ImportDetails }) {
  if (refusals.length === 0) return null;
  return (
    <section aria-labelledby="refusals">
      <h2 id="refusals">Why rows were refused</h2>
      <ScrollTable label="Why rows were refused">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Code</th>
            <th scope="col">Rows</th>
            <th scope="col">Example</th>
          </tr>
        </thead>
        <tbody>
          {refusals.map(({ field, code, count, example }) => (
            <tr key={`${field} ${code}`}>
              <th scope="row">{field}</th>
              <td>{code}</td>
              <td>{count}</td>
              <td>{example}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
  );
}

function Rows({ details }: { readonly details: ImportDetails }) {
  const { batchId: batch, dryRun, state } = details;
  const [outcome, setOutcome] = useState<RowOutcome | ''>('');
  const rows = useInfiniteQuery({
    // With the state: what was read while the batch was worked off may lack its last rows.
    queryKey: ['imports', batch, 'rows', outcome, state],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...pageParam, ...(outcome !== '' && { outcome: [outcome] }) };
      return answer(api.GET('/v1/imports/{batch}/rows', { params: { path: { batch }, query }, signal }));
    },
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === null ? undefined : { cursor: next }),
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    placeholderData: keepPreviousData,
    refetchInterval: isUnderWay(details) ? LOOK_EVERY_MS : false,
  });
  return (
    <section aria-labelledby="rows">
      <h2 id="rows">Rows</h2>
      <p className="actions no-print">
        {SHOWN.map((one) => (
          <button key={one} type="button" aria-pressed={outcome === one} onClick={() => setOutcome(one)}>
            {one === '' ? 'All' : OUTCOME_WORDS[one]}
          </button>
        ))}
      </p>
      <ScrollTable label="Rows">
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Where</th>
            <th scope="col">Outcome</th>
            <th scope="col">What is wrong, or where it went</th>
          </tr>
        </thead>
        <tbody>
          {rows.data?.map(({ row, file, line, outcome: became, threadId, faults, voidOutcome, voidProblem }) => (
            <tr key={row}>
              <th scope="row" className="number">
                {row}
              </th>
              <td>
                {file}:{line}
              </td>
              <td>
                {OUTCOME_WORDS[became]}
                {voidOutcome !== null && `, then ${voidOutcome}`}
              </td>
              <td>
                {faults.map(({ field, column, reason }) => (
                  <span key={`${field} ${reason}`}>
                    {column ?? field}: {reason}{' '}
                  </span>
                ))}
                {threadId !== null && !dryRun && <Link href={`/threads/${threadId}`}>Its thread</Link>}
                {voidProblem !== null && ` Kept: ${voidProblem}`}
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
      {rows.data?.length === 0 && <p className="hint">No such rows.</p>}
      {rows.hasNextPage && (
        <button type="button" onClick={() => void rows.fetchNextPage()}>
          More rows
        </button>
      )}
    </section>
  );
}

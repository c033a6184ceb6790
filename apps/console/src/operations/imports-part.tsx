import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answer, api } from '../api/client.js';
import type { ImportBatch, ImportMapping } from '../api/types.js';
import { Check, Field } from '../forms/field.js';
import { Ago } from '../moments/moment.js';
import { useMay } from '../session/session.js';
import { ScrollTable } from '../shell/scroll-table.js';
import { Fault } from './fault.js';
import { MAPPINGS, typeOf, uploadImport } from './upload-import.js';

const LOOK_EVERY_MS = 3_000;

export function ImportsPart() {
  const isEditor = useMay('editor');
  const imports = useInfiniteQuery({
    queryKey: ['imports'],
    queryFn: ({ pageParam, signal }) => answer(api.GET('/v1/imports', { params: { query: pageParam }, signal })),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === null ? undefined : { cursor: next }),
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: LOOK_EVERY_MS,
  });
  return (
    <>
      {isEditor && <UploadForm />}
      {imports.error !== null && <Fault text={imports.error.message} />}
      {imports.data?.length === 0 && <p className="hint">Nothing has been imported yet.</p>}
      {imports.data !== undefined && imports.data.length > 0 && (
        <ScrollTable label="Imports">
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">State</th>
              <th scope="col">Rows</th>
              <th scope="col">Taken</th>
              <th scope="col">There before</th>
              <th scope="col">Refused</th>
              <th scope="col">Begun</th>
            </tr>
          </thead>
          <tbody>
            {imports.data.map((batch) => (
              <ImportRow key={batch.batchId} batch={batch} />
            ))}
          </tbody>
        </ScrollTable>
      )}
      {imports.hasNextPage && (
        <button type="button" onClick={() => void imports.fetchNextPage()}>
          More imports
        </button>
      )}
    </>
  );
}

function ImportRow({ batch }: { readonly batch: ImportBatch }) {
  const { batchId, fileName, state, dryRun, rowsDone, taken, duplicate, refused, startedAt } = batch;
  return (
    <tr>
      <th scope="row">
        <Link href={`/operations/imports/${batchId}`}>{fileName}</Link> {dryRun && <span className="tag">dry run</span>}
      </th>
      <td>{state.replaceAll('_', ' ')}</td>
      <td>{rowsDone}</td>
      <td>{taken}</td>
      <td>{duplicate}</td>
      <td>{refused}</td>
      <td>
        <Ago at={startedAt} />
      </td>
    </tr>
  );
}

function UploadForm() {
  const [, navigate] = useLocation();
  const [file, setFile] = useState<File | null>(null);
  const [mapping, setMapping] = useState(MAPPINGS[0]);
  const [dryRun, setDryRun] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (file === null) return;
    setBusy(true);
    setProblem(null);
    try {
      const { batchId } = await uploadImport({ file, mapping, dryRun });
      navigate(`/operations/imports/${batchId}`);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <form className="upload no-print" onSubmit={(event) => void send(event)} aria-label="Import a file">
      <Field label="File" pointer="/file" hint="CSV, TSV, JSON Lines, or an archive of them; up to 64 MB.">
        {(control) => (
          <input
            {...control}
            type="file"
            required
            accept=".csv,.tsv,.jsonl,.ndjson,.gz,.tgz,.tar"
            onChange={({ target }) => setFile(target.files?.[0] ?? null)}
          />
        )}
      </Field>
      <Field label="Mapping" pointer="/mapping" hint="How its rows are read.">
        {(control) => (
          <select {...control} value={mapping} onChange={({ target }) => setMapping(target.value as ImportMapping)}>
            {MAPPINGS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
      </Field>
      <Check label="Dry run: say what it would do, and store nothing" checked={dryRun} onChange={setDryRun} />
      {file !== null && typeOf(file.name) === null && (
        <p className="fault">The ending of the name says nothing of what is in it.</p>
      )}
      {problem !== null && <Fault text={problem} />}
      <p className="actions">
        <button type="submit" className="primary" disabled={busy || file === null || typeOf(file.name) === null}>
          {busy ? 'Sending …' : dryRun ? 'Try the import' : 'Import'}
        </button>
      </p>
    </form>
  );
}

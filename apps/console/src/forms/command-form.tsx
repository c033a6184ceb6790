import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../api/problem.js';
import { noteWritten } from '../api/written.js';
import { FaultsOf, useFaults } from './faults.js';
import './forms.css';

/** What every command answers with. */
export interface Receipted {
  readonly position: string | null;
}

export interface CommandFormProps<Answer extends Receipted> {
  /** The revision that the decision rests on; the form keeps the one that it was opened with. */
  readonly revision: string | null;
  readonly send: (ifMatch: string) => Promise<Answer>;
  readonly onDone: (answer: Answer) => void;
  readonly submit: string;
  readonly danger?: boolean;
  /** What changed since a revision: shown when the API refuses because something has. */
  readonly changesSince?: (revision: string) => ReactNode;
  readonly children: ReactNode;
}

/**
 * Sends a command, shows what the API refuses where it refuses it, and shows what others changed meanwhile before it is
 * sent again.
 */
export function CommandForm<Answer extends Receipted>(props: CommandFormProps<Answer>) {
  const { revision, send, onDone, submit, danger = false, changesSince, children } = props;
  const queries = useQueryClient();
  const [restsOn, setRestsOn] = useState(revision);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const isConflict = isConflictError(error);
  const freshen = () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
  const run = async (at: string | null) => {
    setBusy(true);
    setError(null);
    try {
      const done = await send(at === null ? '*' : `"${at}"`);
      noteWritten(done.position);
      await freshen();
      onDone(done);
    } catch (failure) {
      // What is decided next rests on what is true now.
      if (isConflictError(failure)) await freshen();
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    // A form in a dialog of another form is inside it for React, though not in the page.
    event.stopPropagation();
    const at = isConflict ? revision : restsOn;
    setRestsOn(at);
    void run(at);
  };
  return (
    <form className="command-form" onSubmit={onSubmit} noValidate>
      <FaultsOf error={error}>
        {children}
        {error !== null && !isConflict && <RefusalNote error={error} />}
        {isConflict && (
          <div className="heed conflict" role="alert">
            <p>
              <strong>Others have changed this meanwhile.</strong> Nothing of yours was recorded. Look at what changed,
              then send it again or close this.
            </p>
            {restsOn !== null && changesSince?.(restsOn)}
          </div>
        )}
        <p className="actions">
          <button type="submit" className={danger ? 'danger' : 'primary'} disabled={busy}>
            {busy ? 'Sending …' : isConflict ? `${submit}, knowing this` : submit}
          </button>
        </p>
      </FaultsOf>
    </form>
  );
}

function isConflictError(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'precondition_failed';
}

function RefusalNote({ error }: { readonly error: unknown }) {
  const note = useRef<HTMLDivElement>(null);
  const elsewhere = useFaults().elsewhere();
  useEffect(() => {
    // The first field that is wrong, or what is said of the whole.
    const wrong = note.current?.closest('form')?.querySelector<HTMLElement>('[aria-invalid=true]');
    (wrong ?? note.current)?.focus();
  }, []);
  return (
    <div ref={note} className="refusal" role="alert" tabIndex={-1}>
      {error instanceof ApiProblem ? <strong>{error.problem.title}. </strong> : null}
      {error instanceof Error ? error.message : String(error)}
      {elsewhere.length > 0 && (
        <ul>
          {elsewhere.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

import { Link } from 'wouter';
import { ApiProblem, Unreachable } from '../api/problem.js';
import { useTitle } from './use-title.js';

/** What went wrong, what it is called, and the ways on. */
export function FailureScreen({ error }: { readonly error: unknown }) {
  if (error instanceof ApiProblem && error.status === 404) return <NothingThere title={error.problem.title} />;
  return <Failure error={error} />;
}

function Failure({ error }: { readonly error: unknown }) {
  const { title, detail, traceId } = tell(error);
  useTitle(title);
  return (
    <section className="notice-screen" role="alert">
      <h1>{title}</h1>
      <p>{detail}</p>
      {traceId !== '' && (
        <p className="hint">
          Trace id <code>{traceId}</code>: whoever runs this server finds it in the logs.
        </p>
      )}
      <p className="actions">
        <button type="button" className="primary" onClick={() => window.location.reload()}>
          Try again
        </button>
        <a href="/">To the board</a>
      </p>
    </section>
  );
}

/** Another try finds it no more than the first, and what the API advises is for programs. */
function NothingThere({ title }: { readonly title: string }) {
  useTitle(title);
  return (
    <section className="notice-screen" role="alert">
      <h1>{title}</h1>
      <p>
        Nothing was ever recorded at <code>{window.location.pathname}</code>. The address may have been cut off when it
        was copied.
      </p>
      <p>
        <Link href="/">The board</Link> has every thread, with a search.
      </p>
    </section>
  );
}

function tell(error: unknown): { readonly title: string; readonly detail: string; readonly traceId: string } {
  if (error instanceof ApiProblem) {
    const { title, detail, traceId } = error.problem;
    return { title, detail, traceId };
  }
  if (error instanceof Unreachable) return { title: 'The server does not answer', detail: error.message, traceId: '' };
  const detail =
    'The page met an error of its own, or is older than the server. Load it again; if it comes back, tell whoever runs this server what you did.';
  return { title: 'Something went wrong on this page', detail, traceId: '' };
}

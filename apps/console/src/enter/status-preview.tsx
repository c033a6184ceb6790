import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answer, type Outcome } from '../api/client.js';
import type { Preview } from '../api/types.js';
import { ClaimStatusMark, ThreadStatusMark } from '../status/status-mark.js';
import { setAsideText } from '../thread/reasons.js';

const PAUSE_MS = 300;

interface PreviewProps<Request> {
  readonly thread: string;
  readonly request: Request;
  readonly ask: (request: Request, signal: AbortSignal) => Promise<Outcome<Preview>>;
}

/** What would come of it if it were recorded now: asked of the API, which records nothing. */
export function StatusPreview<Request>({ thread, request, ask }: PreviewProps<Request>) {
  const wanted = usePaused(JSON.stringify(request));
  const { data, error } = useQuery({
    queryKey: ['thread', thread, 'preview', wanted],
    queryFn: ({ signal }) => answer(ask(JSON.parse(wanted) as Request, signal)),
    retry: false,
    placeholderData: (before) => before,
  });
  return (
    <div className="preview" role="status">
      <p>
        <strong>Recorded now</strong>
      </p>
      {error !== null ? (
        <p className="hint">It would be refused as it stands: {error.message}</p>
      ) : data === undefined ? (
        <p className="hint">Working out what would come of it …</p>
      ) : (
        <WhatComes preview={data} />
      )}
    </div>
  );
}

function WhatComes({ preview }: { readonly preview: Preview }) {
  const { changed, claim, thread, otherClaims, counted, setAside, echoes } = preview;
  if (!changed) return <p>Nothing would be added: the thread has it already.</p>;
  const { from, to } = claim;
  return (
    <>
      <p className="change">
        The claim {from?.status === to?.status ? 'stays' : 'becomes'}
        {to !== null && <ClaimStatusMark status={to.status} basis={to.status === 'confirmed' ? to.basis : null} />}
        {from !== null && from.status !== to?.status && (
          <>
            from <ClaimStatusMark status={from.status} />
          </>
        )}
      </p>
      <p className="change">
        The thread {thread.from === thread.to ? 'stays' : 'becomes'} <ThreadStatusMark status={thread.to} />
      </p>
      <p className="hint">
        {counted !== null && `It counts ${counted} the claim.`}
        {setAside !== null && `It does not count: ${setAsideText(setAside).why}.`}
        {otherClaims.length > 0 && ` Other claims that would stand differently: ${otherClaims.length}.`}
        {echoes.length > 0 && ' It looks like something that is recorded already.'}
      </p>
    </>
  );
}

/** The text as it was when it last rested for a moment. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}

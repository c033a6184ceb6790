import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { answer, api } from '../api/client.js';
import { ApiProblem } from '../api/problem.js';
import type { Session } from '../api/types.js';
import icon from '../shell/icon.svg';
import './sign-in.css';

interface SignInProps {
  /** Why who was signed in is so no more. */
  readonly why: string | null;
  readonly onSignedIn: (session: Session) => void;
}

export function SignInScreen({ why, onSignedIn }: SignInProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const signIn = async (body: { key: string } | { link: string }) => {
    setBusy(true);
    try {
      onSignedIn(await answer(api.POST('/v1/session', { body })));
    } catch (error) {
      setFailure(failureText(error));
      setBusy(false);
      field.current?.focus();
    }
  };
  const follows = useSignInLink(signIn);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get('key') ?? '').trim();
    void signIn({ key });
  };
  return (
    <main className="sign-in">
      <form onSubmit={submit}>
        <img src={icon} alt="" width="48" height="48" />
        <h1>Storyledger</h1>
        <p className="lead">Who said what, through whom, when, and what it adds up to.</p>
        {why !== null && failure === null && (
          <p className="heed" role="alert">
            {why}
          </p>
        )}
        {follows && failure === null ? (
          <p role="status">Signing you in …</p>
        ) : (
          <>
            <label htmlFor="key">API key</label>
            <input
              ref={field}
              id="key"
              name="key"
              type="password"
              autoComplete="current-password"
              spellCheck={false}
              required
              maxLength={200}
              placeholder="sl_…"
              aria-describedby={failure === null ? 'key-help' : 'key-failure key-help'}
              aria-invalid={failure !== null}
            />
            {failure !== null && (
              <p id="key-failure" className="refusal" role="alert">
                {failure}
              </p>
            )}
            <p id="key-help" className="hint">
              The first start prints an administrator’s key; an administrator makes more of them.
            </p>
            <button type="submit" className="primary" disabled={busy}>
              {busy ? 'Signing in …' : 'Sign in'}
            </button>
          </>
        )}
      </form>
    </main>
  );
}

/** What is wrong with the key says more than that something is wrong. */
function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const faults = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
  return faults.length === 0 ? error.message : `The API key: ${faults.map(({ detail }) => detail).join(' ')}`;
}

/** A link such as `/sign-in#link=TOKEN&to=/threads/x`: what stands after # is never sent to any server by itself. */
function useSignInLink(signIn: (body: { link: string }) => Promise<void>): boolean {
  const [, navigate] = useLocation();
  const [parameters] = useState(() => new URLSearchParams(window.location.hash.slice(1)));
  const link = parameters.get('link');
  const tried = useRef(false);
  useEffect(() => {
    if (link === null || tried.current) return;
    tried.current = true;
    const to = parameters.get('to') ?? '/';
    // The token leaves the address bar and the history before it is used up.
    navigate(/^\/(?!\/)/.test(to) ? to : '/', { replace: true });
    void signIn({ link });
  });
  return link !== null;
}

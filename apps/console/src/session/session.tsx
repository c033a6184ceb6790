import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { answer, api, credentials } from '../api/client.js';
import { ApiProblem } from '../api/problem.js';
import type { Role, Session } from '../api/types.js';
import { FailureScreen } from '../shell/failure-screen.js';
import { SignInScreen } from './sign-in-screen.js';

const SESSION = ['session'];
/** From the least to the most: each role may do what those before it may. */
const ROLES: readonly Role[] = ['reader', 'reporter', 'editor', 'admin'];

const SessionContext = createContext<Session | null>(null);

async function currentSession(): Promise<Session | null> {
  try {
    return remember(await answer(api.GET('/v1/session')));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null;
    throw error;
  }
}

function remember(session: Session): Session {
  credentials.csrfToken = session.csrfToken ?? '';
  return session;
}

/** Shows its children to who is signed in, and the way in to who is not. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const { data: session, error } = useQuery({ queryKey: SESSION, queryFn: currentSession, staleTime: Infinity });
  const [why, setWhy] = useState<string | null>(null);
  useEffect(() => {
    credentials.onEnded = (reason) => {
      // Of requests that were under way together the first one says it.
      if (queries.getQueryData(SESSION) === null) return;
      setWhy(reason);
      end(queries);
    };
  }, [queries]);
  if (error !== null) return <FailureScreen error={error} />;
  if (session === undefined) return null;
  const begin = (begun: Session) => {
    forgetOthers(queries);
    setWhy(null);
    queries.setQueryData(SESSION, remember(begun));
  };
  if (session === null) return <SignInScreen why={why} onSignedIn={begin} />;
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** Who is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('Only what stands in SessionGate knows who is signed in.');
  return session;
}

/** Whether the role of who is signed in includes this one. What it may not do is not shown; the API refuses it too. */
export function useMay(role: Role): boolean {
  return ROLES.indexOf(useSession().role) >= ROLES.indexOf(role);
}

export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await answer(api.DELETE('/v1/session'));
    forgetOthers(queries);
    end(queries);
  };
}

function end(queries: QueryClient): void {
  credentials.csrfToken = '';
  queries.setQueryData(SESSION, null);
}

/** What one person was shown is not there for the next. */
function forgetOthers(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
}

import { Link } from 'wouter';
import { useMay } from '../session/session.js';
import { NotFoundScreen } from '../shell/not-found-screen.js';
import { useTitle } from '../shell/use-title.js';
import { ImportsPart } from './imports-part.js';
import { KeysPart } from './keys-part.js';
import './operations.css';
import { ProofPart } from './proof-part.js';
import { SystemPart } from './system-part.js';

const PARTS = [
  { part: 'system', title: 'System', admin: false },
  { part: 'proof', title: 'Proof', admin: false },
  { part: 'imports', title: 'Imports', admin: false },
  { part: 'keys', title: 'API keys', admin: true },
] as const;

/** How the ledger itself is: for whoever runs it. */
export function OperationsScreen({ part = 'system' }: { readonly part?: string | undefined }) {
  useTitle('Operations');
  const isAdmin = useMay('admin');
  const shown = PARTS.find((one) => one.part === part && (isAdmin || !one.admin));
  if (shown === undefined) return <NotFoundScreen />;
  return (
    <article className="operations">
      <h1>Operations</h1>
      <nav className="parts no-print" aria-label="Parts of operations">
        {PARTS.filter(({ admin }) => isAdmin || !admin).map(({ part: one, title }) => (
          <Link key={one} href={`/operations/${one}`} {...(one === shown.part && { 'aria-current': 'page' as const })}>
            {title}
          </Link>
        ))}
      </nav>
      {shown.part === 'system' && <SystemPart />}
      {shown.part === 'proof' && <ProofPart />}
      {shown.part === 'imports' && <ImportsPart />}
      {shown.part === 'keys' && <KeysPart />}
    </article>
  );
}

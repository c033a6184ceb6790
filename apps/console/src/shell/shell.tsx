import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { LiveSign } from '../live/live-sign.js';
import { useMay, useSession, useSignOut } from '../session/session.js';
import icon from './icon.svg';
import { ShortcutsDialog } from './shortcuts-dialog.js';
import './shell.css';
import { nextTheme, storedTheme } from './theme.js';
import { useShortcuts } from './use-shortcuts.js';

const THEME_WORDS = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' } as const;

/** What stands around every screen. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [path, navigate] = useLocation();
  const mayReport = useMay('editor');
  const mayWrite = useMay('reporter');
  const [helpOpen, setHelpOpen] = useState(false);
  useFocusOnArrival(path);
  useShortcuts([
    ['?', () => setHelpOpen(true)],
    ['g b', () => navigate('/')],
    ['g s', () => navigate('/sources')],
    ['g r', () => navigate('/reports')],
    ['g o', () => navigate('/operations')],
    ['/', () => document.querySelector<HTMLInputElement>('input[type=search]')?.focus()],
  ]);
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="masthead">
        <Link href="/" className="brand">
          <img src={icon} alt="" width="24" height="24" />
          <span>Storyledger</span>
        </Link>
        <nav aria-label="Sections">
          <Section href="/" path={path}>
            Board
          </Section>
          <Section href="/sources" path={path}>
            Sources
          </Section>
          {mayReport && (
            <Section href="/reports" path={path}>
              Reports
            </Section>
          )}
          <Section href="/operations" path={path}>
            Operations
          </Section>
          {mayWrite && (
            <Section href="/new" path={path}>
              Open a thread
            </Section>
          )}
        </nav>
        <Account onHelp={() => setHelpOpen(true)} />
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <ShortcutsDialog open={helpOpen} onClose={() => setHelpOpen(false)} />
    </>
  );
}

function Section({
  href,
  path,
  children,
}: {
  readonly href: string;
  readonly path: string;
  readonly children: string;
}) {
  const here = href === '/' ? path === '/' || path.startsWith('/threads') : path.startsWith(href);
  return (
    <Link href={href} {...(here && { 'aria-current': 'page' as const })}>
      {children}
    </Link>
  );
}

function Account({ onHelp }: { readonly onHelp: () => void }) {
  const { name, role } = useSession();
  const signOut = useMutation({ mutationFn: useSignOut() });
  const [theme, setTheme] = useState(storedTheme);
  return (
    <div className="account">
      <LiveSign />
      <span className="who" title={`Signed in as ${name}`}>
        {name} <span className="role">{role}</span>
      </span>
      <button type="button" onClick={() => setTheme(nextTheme())}>
        {THEME_WORDS[theme]}
      </button>
      <button type="button" onClick={onHelp}>
        Keys
      </button>
      <button type="button" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out
      </button>
      {signOut.error !== null && (
        <span className="refusal" role="alert">
          You are still signed in. {signOut.error.message}
        </span>
      )}
    </div>
  );
}

/** A new screen is read from its beginning, by who listens too; the first one is where it is. */
function useFocusOnArrival(path: string): void {
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    window.scrollTo(0, 0);
    document.getElementById('content')?.focus({ preventScroll: true });
  }, [path]);
}

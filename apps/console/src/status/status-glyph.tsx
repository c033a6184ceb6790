import type { ReactNode } from 'react';
import type { Status } from './status-meanings.js';

/** One shape a status, told apart without colour: hollow is unsettled, filled is settled, angular is against. */
const SHAPES: Readonly<Record<Status, ReactNode>> = {
  open: <circle className="stroke" cx="8" cy="8" r="5.5" />,
  no_comment: (
    <>
      <circle className="stroke" cx="8" cy="8" r="5.5" />
      <path className="stroke" d="M5.5 8h5" />
    </>
  ),
  unverified: <circle className="stroke" cx="8" cy="8" r="5.5" strokeDasharray="1.2 2.26" strokeLinecap="round" />,
  reported: (
    <>
      <circle className="stroke" cx="8" cy="8" r="5.5" />
      <circle className="fill" cx="8" cy="8" r="2.2" />
    </>
  ),
  tentative: (
    <>
      <circle className="stroke" cx="8" cy="8" r="5.5" strokeDasharray="3.4 2.36" />
      <path className="stroke" d="M5.4 8.7c.9-1.3 1.7-1.3 2.6-.5s1.7.8 2.6-.6" />
    </>
  ),
  corroborated: (
    <>
      <circle className="stroke" cx="8" cy="8" r="5.5" />
      <path className="fill" d="M8 2.5a5.5 5.5 0 0 1 0 11z" />
    </>
  ),
  developing: (
    <>
      <circle className="stroke" cx="8" cy="8" r="5.5" />
      <path className="fill" d="M8 8V2.5A5.5 5.5 0 0 1 13.5 8z" />
    </>
  ),
  partly_confirmed: (
    <>
      <circle className="stroke" cx="8" cy="8" r="5.5" />
      <path className="stroke" d="m5.3 8.2 1.9 2 3.5-4.1" />
    </>
  ),
  confirmed: (
    <>
      <circle className="fill" cx="8" cy="8" r="6.3" />
      <path className="cut" d="m5.1 8.2 2 2.1 3.8-4.4" />
    </>
  ),
  disputed: (
    <>
      <path className="stroke" d="M8 1.8 14.2 8 8 14.2 1.8 8z" />
      <path className="fill" d="M8 1.8 14.2 8 8 14.2z" />
    </>
  ),
  mixed: (
    <>
      <path className="fill" d="M7.3 2a6 6 0 0 0 0 12z" />
      <path className="stroke" d="M9.2 2.7h4.1v10.6H9.2z" />
    </>
  ),
  doubted: (
    <>
      <rect className="stroke" x="2.6" y="2.6" width="10.8" height="10.8" rx="1" />
      <path className="stroke" d="m5.6 10.4 4.8-4.8" />
    </>
  ),
  denied: (
    <>
      <rect className="fill" x="2" y="2" width="12" height="12" rx="1.4" />
      <path className="cut" d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" />
    </>
  ),
  retracted: (
    <path className="stroke" d="M6.2 3.2 3 6.4l3.2 3.2M3.4 6.4h6a3.4 3.4 0 0 1 0 6.8H6.6" strokeLinecap="round" />
  ),
  moot: (
    <>
      <circle className="fill" cx="8" cy="8" r="6.3" />
      <path className="cut" d="M4.9 8h6.2" />
    </>
  ),
  lapsed: <path className="stroke" d="M3.8 2.4h8.4L8.4 8l3.8 5.6H3.8L7.6 8z" strokeLinejoin="round" />,
  settled: (
    <>
      <circle className="stroke" cx="8" cy="8" r="6" />
      <circle className="fill" cx="8" cy="8" r="3.8" />
    </>
  ),
};

/** The shape alone, beside a word that says it: hidden from who listens. */
export function StatusGlyph({ status }: { readonly status: Status }) {
  return (
    <svg className={`glyph tone-${status}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {SHAPES[status]}
    </svg>
  );
}

import { Link } from 'wouter';
import type { ThreadDetail } from '../api/types.js';
import { Ago, Moment } from '../moments/moment.js';
import { useMay } from '../session/session.js';
import { ThreadStatusMark } from '../status/status-mark.js';

interface HeadProps {
  /** As the address names it. */
  readonly thread: string;
  /** Now, or as it stood then. */
  readonly shown: ThreadDetail;
  readonly isPast: boolean;
}

export function ThreadHead({ thread, shown, isPast }: HeadProps) {
  const isEditor = useMay('editor');
  const { headline, desk, topics, lifecycle, mergedInto, status, policy, changedAt, asOf } = shown;
  return (
    <header className="thread-head">
      <p className="about">
        <Link href={`/?desk=${desk}`}>{desk}</Link>
        {topics.map((topic) => (
          <Link key={topic} href={`/?topic=${topic}`}>
            {topic}
          </Link>
        ))}
        {lifecycle !== 'active' && <span className="tag">{lifecycle}</span>}
      </p>
      <h1>{headline}</h1>
      <p className="standing">
        <ThreadStatusMark status={status} />
        {isPast && <span className="tag past">in the past</span>}
        <span className="hint">
          by policy {policy},{' '}
          {asOf === null ? (
            <>
              changed <Ago at={changedAt} />
            </>
          ) : (
            <>
              as of <Moment at={asOf.statedUntil ?? asOf.recordedAt} />
            </>
          )}
        </span>
      </p>
      <p className="downloads no-print">
        <a href={`/v1/threads/${thread}/replay?format=csv`} download>
          Replay as CSV
        </a>
        {isEditor && (
          <a href={`/v1/threads/${thread}/evidence`} download>
            Evidence: a bundle that proves itself offline
          </a>
        )}
      </p>
      {mergedInto !== null && (
        <p className="heed">
          Merged: <Link href={`/threads/${mergedInto}`}>another thread</Link> speaks for this one.
        </p>
      )}
    </header>
  );
}

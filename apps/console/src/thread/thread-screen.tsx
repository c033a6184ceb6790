import { useMemo } from 'react';
import { Link } from 'wouter';
import type { Attribution, ThreadDetail } from '../api/types.js';
import { Ago } from '../moments/moment.js';
import { FailureScreen } from '../shell/failure-screen.js';
import { useTitle } from '../shell/use-title.js';
import { Waiting } from '../shell/waiting.js';
import { useSources } from '../sources/source-queries.js';
import { ThreadStatusMark } from '../status/status-mark.js';
import { ClaimCard } from './claim-card.js';
import './thread.css';
import { useAttributions, useThread } from './thread-queries.js';

export function ThreadScreen({ thread }: { readonly thread: string }) {
  const now = useThread(thread);
  const attributions = useAttributions(thread);
  const error = now.error ?? attributions.error;
  if (error !== null && (now.data === undefined || attributions.data === undefined)) {
    return <FailureScreen error={error} />;
  }
  if (now.data === undefined || attributions.data === undefined) return <Waiting what="the thread" />;
  return <ThreadPage detail={now.data} attributions={attributions.data} />;
}

interface PageProps {
  readonly detail: ThreadDetail;
  readonly attributions: ReadonlyMap<string, Attribution>;
}

function ThreadPage({ detail, attributions }: PageProps) {
  useTitle(detail.headline);
  const sources = useSources(useMemo(() => idsOf(attributions), [attributions]));
  return (
    <article className="thread">
      <ThreadHead detail={detail} />
      <section aria-labelledby="claims">
        <h2 id="claims">Claims</h2>
        <ol className="claims">
          {detail.claims.map((claim) => (
            <ClaimCard
              key={claim.claimId}
              claim={claim}
              thread={detail.threadId}
              attributions={attributions}
              sources={sources}
              initiallyOpen={claim.core}
            />
          ))}
        </ol>
      </section>
    </article>
  );
}

function ThreadHead({ detail }: { readonly detail: ThreadDetail }) {
  const { headline, desk, topics, lifecycle, mergedInto, status, policy, changedAt } = detail;
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
        <span className="hint">
          by policy {policy}, changed <Ago at={changedAt} />
        </span>
      </p>
      {mergedInto !== null && (
        <p className="heed">
          Merged: <Link href={`/threads/${mergedInto}`}>another thread</Link> speaks for this one.
        </p>
      )}
    </header>
  );
}

function idsOf(attributions: ReadonlyMap<string, Attribution>): readonly string[] {
  return [...attributions.values()].flatMap(({ speaker, via }) => [
    ...(speaker === null ? [] : [speaker.sourceId]),
    ...via.map(({ sourceId }) => sourceId),
  ]);
}

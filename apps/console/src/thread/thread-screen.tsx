import { lazy, Suspense, useMemo, useState } from 'react';
import type { Attribution, ReplayStep, ThreadDetail } from '../api/types.js';
import { ThreadActions } from '../enter/action-buttons.js';
import { ActContext, type Action } from '../enter/actions.js';
import { ProofContext } from '../proof/proof-context.js';
import { ReplayPanel } from '../replay/replay-panel.js';
import { useReplay, useThreadThen } from '../replay/replay-queries.js';
import { stopOfRevision } from '../replay/stops.js';
import { useAxis, useReplayPosition } from '../replay/use-replay-position.js';
import { useStory } from '../replay/use-story.js';
import { useMay } from '../session/session.js';
import { FailureScreen } from '../shell/failure-screen.js';
import { useTitle } from '../shell/use-title.js';
import { Waiting } from '../shell/waiting.js';
import { useSources } from '../sources/source-queries.js';
import { ClaimCard } from './claim-card.js';
import './thread.css';
import { PublicationsPanel } from './publications-panel.js';
import { ThreadHead } from './thread-head.js';
import { useAttributions, useThread } from './thread-queries.js';
import { useLiveThread } from './use-live-thread.js';

const ActionDialog = lazy(async () => ({ default: (await import('../enter/action-dialog.js')).ActionDialog }));

const ProofDialog = lazy(async () => ({ default: (await import('../proof/proof-dialog.js')).ProofDialog }));

export function ThreadScreen({ thread }: { readonly thread: string }) {
  const now = useThread(thread);
  const attributions = useAttributions(thread);
  const replay = useReplay(thread);
  const error = now.error ?? attributions.error ?? replay.error;
  if (now.data !== undefined && attributions.data !== undefined && replay.data !== undefined) {
    return <ThreadPage thread={thread} now={now.data} attributions={attributions.data} steps={replay.data} />;
  }
  return error === null ? <Waiting what="the thread" /> : <FailureScreen error={error} />;
}

interface PageProps {
  /** As the address names it. */
  readonly thread: string;
  readonly now: ThreadDetail;
  readonly attributions: ReadonlyMap<string, Attribution>;
  readonly steps: readonly ReplayStep[];
}

function ThreadPage({ thread, now, attributions, steps }: PageProps) {
  useTitle(now.headline);
  useLiveThread(now.threadId, thread);
  const sources = useSources(useMemo(() => idsOf(attributions), [attributions]));
  const axis = useAxis();
  const { stops, standings } = useStory(axis, { thread, steps, attributions, claims: now.claims, sources });
  const position = useReplayPosition(axis, stops);
  const stop = stops[position.index] ?? null;
  const then = useThreadThen(thread, stop?.moment ?? null);
  const [action, setAction] = useState<Action | null>(null);
  const [proven, showProof] = useState<readonly string[]>([]);
  const mayWrite = useMay('reporter') && stop === null;
  const shown = stop === null ? now : (then.data ?? now);
  return (
    <ActContext value={mayWrite ? setAction : null}>
      <ProofContext value={showProof}>
        <article className="thread">
          <ThreadHead thread={thread} shown={shown} isPast={stop !== null} />
          <ThreadActions detail={now} />
          <ReplayPanel
            claims={now.claims}
            stops={stops}
            standings={standings}
            position={position}
            thread={thread}
            revision={now.revision}
          />
          <section aria-labelledby="claims">
            <h2 id="claims">Claims</h2>
            <ol className="claims">
              {shown.claims.map((claim) => (
                <ClaimCard
                  key={claim.claimId}
                  claim={claim}
                  thread={thread}
                  moment={stop?.moment ?? null}
                  attributions={attributions}
                  sources={sources}
                  hasMoved={stop?.claimIds.includes(claim.claimId) ?? false}
                />
              ))}
            </ol>
          </section>
          <PublicationsPanel
            thread={thread}
            onShow={(revision) => position.showKnown(stopOfRevision(steps, revision))}
          />
          {proven.length > 0 && (
            <Suspense>
              <ProofDialog eventIds={proven} onClose={() => showProof([])} />
            </Suspense>
          )}
          {action !== null && (
            <Suspense>
              <ActionDialog action={action} detail={now} sources={sources} onClose={() => setAction(null)} />
            </Suspense>
          )}
        </article>
      </ProofContext>
    </ActContext>
  );
}

function idsOf(attributions: ReadonlyMap<string, Attribution>): readonly string[] {
  return [...attributions.values()].flatMap(({ speaker, via }) => [
    ...(speaker === null ? [] : [speaker.sourceId]),
    ...via.map(({ sourceId }) => sourceId),
  ]);
}

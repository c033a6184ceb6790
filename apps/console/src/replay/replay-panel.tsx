import type { Claim } from '../api/types.js';
import { DiffPanel } from './diff-panel.js';
import { ReplayBar, ReplayCaption, StepList } from './replay-bar.js';
import type { Standings, Stop } from './stops.js';
import { Timeline } from './timeline.js';
import type { ReplayPosition } from './use-replay-position.js';

interface PanelProps {
  readonly claims: readonly Claim[];
  readonly stops: readonly Stop[];
  readonly standings: readonly Standings[] | null;
  readonly position: ReplayPosition;
  readonly thread: string;
  /** Of the thread now. */
  readonly revision: string;
}

/** How the story evolved: to look at, to play, and to go to any moment of it. */
export function ReplayPanel({ claims, stops, standings, position, thread, revision }: PanelProps) {
  return (
    <section className="replay" aria-label="Replay">
      <ReplayBar position={position} stops={stops} />
      <Timeline claims={claims} stops={stops} standings={standings} index={position.index} onGo={position.go} />
      <ReplayCaption position={position} stops={stops} />
      <StepList position={position} stops={stops} />
      <DiffPanel key={position.axis} thread={thread} revision={revision} stops={stops} />
    </section>
  );
}

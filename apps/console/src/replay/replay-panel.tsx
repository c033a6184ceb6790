import type { Claim } from '../api/types.js';
import { ReplayBar, ReplayCaption, StepList } from './replay-bar.js';
import type { Standings, Stop } from './stops.js';
import { Timeline } from './timeline.js';
import type { ReplayPosition } from './use-replay-position.js';

interface PanelProps {
  readonly claims: readonly Claim[];
  readonly stops: readonly Stop[];
  readonly standings: readonly Standings[] | null;
  readonly position: ReplayPosition;
}

/** How the story evolved: to look at, to play, and to go to any moment of it. */
export function ReplayPanel({ claims, stops, standings, position }: PanelProps) {
  return (
    <section className="replay" aria-label="Replay">
      <ReplayBar position={position} stops={stops} />
      <Timeline claims={claims} stops={stops} standings={standings} index={position.index} onGo={position.go} />
      <ReplayCaption position={position} stops={stops} />
      <StepList position={position} stops={stops} />
    </section>
  );
}

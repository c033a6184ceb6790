import { useMemo } from 'react';
import type { Attribution, Claim, ReplayStep, Source } from '../api/types.js';
import { nameOf } from '../sources/source-picker.js';
import { STANCE_WORDS } from '../status/status-meanings.js';
import { useSaidStandings } from './replay-queries.js';
import { type Axis, knownStandings, knownStops, type Standings, type Stop, saidStops } from './stops.js';

interface Told {
  readonly stops: readonly Stop[];
  readonly standings: readonly Standings[] | null;
}

interface StoryParts {
  readonly thread: string;
  readonly steps: readonly ReplayStep[];
  readonly attributions: ReadonlyMap<string, Attribution>;
  readonly claims: readonly Claim[];
  readonly sources: ReadonlyMap<string, Source>;
}

/** The story by one of its two times. */
export function useStory(axis: Axis, { thread, steps, attributions, claims, sources }: StoryParts): Told {
  const known = useMemo(() => ({ stops: knownStops(steps), standings: knownStandings(steps) }), [steps]);
  const said = useMemo(() => {
    const claimNames = new Map(claims.map(({ claimId, key, statement }) => [claimId, key ?? statement]));
    // What we voided was never said.
    const words = [...attributions.values()].filter(({ takenBackHow }) => takenBackHow !== 'voided');
    return saidStops(words, (attribution) => wordOf(attribution, claimNames, sources));
  }, [attributions, claims, sources]);
  const saidStandings = useSaidStandings(thread, axis === 'said' ? said : null);
  return axis === 'known' ? known : { stops: said, standings: saidStandings };
}

function wordOf(
  { speaker, via, stance, tentative, claimId }: Attribution,
  claimNames: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, Source>,
): string {
  const who = speaker === null ? 'An unknown speaker' : nameOf(sources.get(speaker.sourceId));
  const carriers = via.map(({ sourceId }) => nameOf(sources.get(sourceId))).join(' and ');
  const verb = `${tentative ? 'tentatively ' : ''}${STANCE_WORDS[stance]}`;
  return `${who}${carriers === '' ? '' : `, via ${carriers},`} ${verb}${stance === 'no_comment' ? ' on' : ''} “${claimNames.get(claimId) ?? '…'}”`;
}

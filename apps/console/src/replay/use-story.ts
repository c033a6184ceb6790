import { useMemo } from 'react';
import type { Attribution, Claim, ReplayStep, Source } from '../api/types.js';
import { nameOf } from '../sources/source-picker.js';
import { STANCE_WORDS, wordOf } from '../status/status-meanings.js';
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
  const claimNames = useMemo(
    () => new Map(claims.map(({ claimId, key, statement }) => [claimId, key ?? statement])),
    [claims],
  );
  const said = useMemo(() => {
    // What we voided was never said.
    const words = [...attributions.values()].filter(({ takenBackHow }) => takenBackHow !== 'voided');
    return saidStops(words, (attribution) => saying(attribution, claimNames, sources));
  }, [attributions, claimNames, sources]);
  const saidStandings = useSaidStandings(thread, axis === 'said' ? said : null);
  if (axis === 'known') return known;
  const stops = saidStandings === null ? said : said.map((stop, n) => withMoves(stop, saidStandings, n, claimNames));
  return { stops, standings: saidStandings };
}

/** The stop with what it changed: how claims stand there that stood differently at the one before. */
function withMoves(
  stop: Stop,
  standings: readonly Standings[],
  index: number,
  claimNames: ReadonlyMap<string, string>,
): Stop {
  const before = standings[index - 1]?.claims;
  const moves = [...(standings[index]?.claims ?? [])].flatMap(([claimId, status]) => {
    const was = before?.get(claimId) ?? 'open';
    const name = claimNames.get(claimId) ?? '';
    return was === status ? [] : [`“${name}”: ${wordOf(was).toLowerCase()} → ${wordOf(status).toLowerCase()}`];
  });
  return { ...stop, sentences: [...stop.sentences, ...moves] };
}

function saying(
  { speaker, via, stance, tentative, claimId }: Attribution,
  claimNames: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, Source>,
): string {
  const who = speaker === null ? 'An unknown speaker' : nameOf(sources.get(speaker.sourceId)) || '…';
  const carriers = via.map(({ sourceId }) => nameOf(sources.get(sourceId)) || '…').join(' and ');
  const verb = `${tentative ? 'tentatively ' : ''}${STANCE_WORDS[stance]}`;
  return `${who}${carriers === '' ? '' : `, via ${carriers},`} ${verb}${stance === 'no_comment' ? ' on' : ''} “${claimNames.get(claimId) ?? '…'}”`;
}

import type { Attribution, ClaimStatus, ReplayStep, ThreadStatus } from '../api/types.js';

/** By which of the two times a story is replayed: when this newsroom knew, or when it was said in the world. */
export type Axis = 'known' | 'said';

/** What of the past to ask the API for; null: now. */
export type MomentAsked = { readonly revision: string } | { readonly statedUntil: string } | null;

/** A place where the replay can stand. */
export interface Stop {
  readonly moment: Exclude<MomentAsked, null>;
  /** On the axis. */
  readonly at: string;
  /** What happened there. */
  readonly sentences: readonly string[];
  /** The claims that it was about, or that it moved. */
  readonly claimIds: readonly string[];
  /** What was recorded of it, in the order of the log. */
  readonly eventIds: readonly string[];
}

export interface Standings {
  readonly thread: ThreadStatus;
  readonly claims: ReadonlyMap<string, ClaimStatus>;
}

/** Each event is a stop, but for the opening of the thread with its first claims, which is one. */
export function knownStops(steps: readonly ReplayStep[]): readonly Stop[] {
  const opening = openingOf(steps);
  const last = opening.at(-1);
  if (last === undefined) return [];
  const claims = opening.length - 1;
  const [first] = opening;
  const opened = `${first?.sentence ?? ''}${claims === 0 ? '' : ` with ${claims === 1 ? '1 claim' : `${claims} claims`}`}`;
  return [
    {
      moment: { revision: last.revision },
      at: last.recordedAt,
      sentences: [opened],
      claimIds: [],
      eventIds: opening.map(({ eventId }) => eventId),
    },
    ...steps.slice(opening.length).map((step) => ({
      moment: { revision: step.revision },
      at: step.recordedAt,
      sentences: [step.sentence],
      claimIds: [
        ...new Set([...(step.claimId === null ? [] : [step.claimId]), ...step.claims.map((one) => one.claimId)]),
      ],
      eventIds: [step.eventId],
    })),
  ];
}

/** Which of `knownStops` shows the thread as of a revision. */
export function stopOfRevision(steps: readonly ReplayStep[], revision: string): number {
  const isUntil = ({ moment }: Stop) => 'revision' in moment && BigInt(moment.revision) <= BigInt(revision);
  return Math.max(0, knownStops(steps).findLastIndex(isUntil));
}

/** How everything stood at each of `knownStops`. */
export function knownStandings(steps: readonly ReplayStep[]): readonly Standings[] {
  const opening = openingOf(steps).length;
  const claims = new Map<string, ClaimStatus>();
  return steps.flatMap((step, index) => {
    for (const { claimId, to } of step.claims) {
      if (to === null) claims.delete(claimId);
      else claims.set(claimId, to.status);
    }
    return index < opening - 1 ? [] : [{ thread: step.threadStatus, claims: new Map(claims) }];
  });
}

function openingOf(steps: readonly ReplayStep[]): readonly ReplayStep[] {
  const end = steps.findIndex(({ type }) => type !== 'ThreadOpened' && type !== 'ClaimOpened');
  return end === -1 ? steps : steps.slice(0, Math.max(end, 1));
}

function grouped(said: readonly Attribution[], grainMs: number): ReadonlyMap<number, readonly Attribution[]> {
  const groups = new Map<number, Attribution[]>();
  for (const attribution of said) {
    const at = Math.floor(Date.parse(attribution.statedAt) / grainMs);
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [attribution]);
    else group.push(attribution);
  }
  return groups;
}

/** No more stops than can be asked for and told apart. */
const MOST_SAID_STOPS = 48;
const GRAINS_MS = [1, 60_000, 3_600_000, 86_400_000, 30 * 86_400_000];

/** One stop for each time at which something was said; in a long story, for each minute, hour, day or month. */
export function saidStops(
  attributions: Iterable<Attribution>,
  tell: (attribution: Attribution) => string,
): readonly Stop[] {
  const said = [...attributions].sort((one, other) => Date.parse(one.statedAt) - Date.parse(other.statedAt));
  for (const grain of GRAINS_MS) {
    const groups = grouped(said, grain);
    if (groups.size > MOST_SAID_STOPS && grain !== GRAINS_MS.at(-1)) continue;
    return [...groups.values()].flatMap((group) => {
      const last = group.at(-1);
      if (last === undefined) return [];
      return {
        moment: { statedUntil: last.statedAt },
        at: last.statedAt,
        sentences: group.map(tell),
        claimIds: [...new Set(group.map(({ claimId }) => claimId))],
        eventIds: group.map(({ eventId }) => eventId),
      };
    });
  }
  return [];
}

import { BEFORE_FIRST, type EventStore, type Position } from '#event-store';
import { PROJECTIONS } from '../projections.js';
import type { ProjectionStatus, ReadModelQueries } from '../queries.js';
import type { RebuildStatus, Rebuilds } from '../rebuilding/rebuilds.js';

/** Events that a lag is counted to; a projection further behind is catching up, and how far is shown by its rate. */
export const LAG_COUNTED = 10_000;

/** `stopped`: it cannot go on, and tries again from time to time; `error` tells why. */
export const PROJECTION_STATES = ['not_started', 'current', 'behind', 'stopped'] as const;
export type ProjectionState = (typeof PROJECTION_STATES)[number];

export interface ProjectionReport extends ProjectionStatus {
  readonly state: ProjectionState;
  /** Events of the log that it has still to go through; LAG_COUNTED: so many or more. */
  readonly lag: number;
  /** One that is asked for, under way or failed; null: none. */
  readonly rebuild: RebuildStatus | null;
}

export interface OverviewParts {
  readonly store: EventStore;
  readonly queries: ReadModelQueries;
  readonly rebuilds: Rebuilds;
}

export interface ProjectionOverview {
  /** Position of the last event in the log. */
  readonly head: Position;
  readonly projections: readonly ProjectionReport[];
}

/** Every projection of this build, by name, whether a projector has run it or not. */
export async function projectionOverview({ store, queries, rebuilds }: OverviewParts): Promise<ProjectionOverview> {
  const rebuilding = await rebuilds.all();
  const statuses = new Map((await queries.projections()).map((status) => [status.projection, status]));
  const head = await store.head();
  const all = PROJECTIONS.map(({ name, version }) => statuses.get(name) ?? notStarted(name, version));
  const lags = await lagsOf(store, new Set(all.map(({ position }) => position)));
  const projections = all
    .map((status) => {
      const lag = lags.get(status.position) ?? 0;
      const rebuild = rebuilding.get(status.projection) ?? null;
      return { ...status, lag, rebuild, state: stateOf(status, lag, statuses.has(status.projection)) };
    })
    .toSorted((left, right) => (left.projection < right.projection ? -1 : 1));
  return { head, projections };
}

function stateOf({ error }: ProjectionStatus, lag: number, started: boolean): ProjectionState {
  if (!started) return 'not_started';
  if (error !== null) return 'stopped';
  return lag === 0 ? 'current' : 'behind';
}

/** Projections mostly stand at the same position, which is counted from once. */
async function lagsOf(store: EventStore, positions: ReadonlySet<Position>): Promise<ReadonlyMap<Position, number>> {
  const lags = new Map<Position, number>();
  for (const after of positions) lags.set(after, await store.count({ after, atMost: LAG_COUNTED }));
  return lags;
}

function notStarted(projection: string, version: number): ProjectionStatus {
  return {
    projection,
    version,
    position: BEFORE_FIRST,
    updatedAt: null,
    eventsApplied: 0n,
    eventsPerSecond: null,
    error: null,
    errorPosition: null,
    errorEventId: null,
    errorAttempts: 0,
    errorAt: null,
    parked: 0,
    waiting: 0,
    dropped: 0,
    leaseOwner: null,
  };
}

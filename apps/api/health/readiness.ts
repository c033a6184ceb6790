import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { BEFORE_FIRST, EventStore, type Position } from '#event-store';
import { PROJECTIONS, type ProjectionStatus, ReadModelQueries } from '#read-models';
import { Drain } from '../http/drain.js';

interface PartHealth {
  readonly ok: boolean;
  /** Why not, without addresses or values. */
  readonly detail?: string;
}

export interface ProjectionHealth extends PartHealth {
  readonly projection: string;
  readonly position: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly draining: boolean;
  readonly database: PartHealth;
  readonly eventStore: PartHealth & { readonly head: string | null };
  readonly projections: readonly ProjectionHealth[];
}

const CHECK_MS = 2_000;
/** A projection that is behind is not ready only after it has stood still for so long: one that works is catching up. */
const STALLED_AFTER_MS = 60_000;

/** Whether this process can serve: the database, the event store, and read models that move. */
@Injectable()
export class ReadinessCheck {
  private readonly standing = new Map<string, { readonly position: Position; readonly since: number }>();

  constructor(
    private readonly pool: Pool,
    private readonly store: EventStore,
    private readonly queries: ReadModelQueries,
    private readonly drain: Drain,
  ) {}

  async check(): Promise<Readiness> {
    const [database, projections] = await Promise.all([
      answered(this.pool.query('SELECT 1')),
      answered(this.queries.projections()),
    ]);
    // After the projections: read before, it would be behind those that move meanwhile.
    const head = await answered(this.store.ping().then(() => this.store.head()));
    const draining = this.drain.isDraining;
    const states = new Map((projections.value ?? []).map((state) => [state.projection, state]));
    const healths = PROJECTIONS.map(({ name }) => this.health(name, states.get(name), head.value));
    const ready = !draining && database.ok && head.ok && projections.ok && healths.every(({ ok }) => ok);
    return {
      ready,
      draining,
      database: partOf(database),
      eventStore: { ...partOf(head), head: head.value?.toString() ?? null },
      projections: healths,
    };
  }

  private health(
    projection: string,
    state: ProjectionStatus | undefined,
    head: Position | undefined,
  ): ProjectionHealth {
    const position = state?.position ?? BEFORE_FIRST;
    const where = { projection, position: position.toString() };
    // Still ready: all that is not of those streams is shown.
    const parked = parkedDetail(state?.parked ?? 0);
    if (head === undefined || position === head) {
      this.standing.delete(projection);
      return { ...where, ok: true, ...parked };
    }
    if (position > head) {
      return { ...where, ok: false, detail: 'Ahead of the log, which was restored or is another: rebuild it.' };
    }
    if (state?.error != null) {
      return { ...where, ok: false, detail: 'It cannot go on; `storyledger projections status` tells.' };
    }
    const seconds = this.secondsStanding(projection, position);
    if (seconds * 1000 >= STALLED_AFTER_MS) {
      return { ...where, ok: false, detail: `Behind, and unmoved for ${seconds} s. Does a projector run?` };
    }
    return { ...where, ok: true, detail: 'Catching up.', ...parked };
  }

  /** Since this process first saw it behind at this place: an idle projection's last change may be hours ago. */
  private secondsStanding(projection: string, position: Position): number {
    const known = this.standing.get(projection);
    const since = known?.position === position ? known.since : performance.now();
    this.standing.set(projection, { position, since });
    return Math.floor((performance.now() - since) / 1000);
  }
}

interface Answer<Value> extends PartHealth {
  readonly value?: Value;
}

async function answered<Value>(question: Promise<Value>): Promise<Answer<Value>> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_MS);
  });
  try {
    return { ok: true, value: await Promise.race([question, bound]) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    return { ok: false, detail: `Not reachable (${code}).` };
  } finally {
    clearTimeout(timer);
  }
}

function partOf({ ok, detail }: Answer<unknown>): PartHealth {
  return detail === undefined ? { ok } : { ok, detail };
}

function parkedDetail(parked: number): Pick<PartHealth, 'detail'> {
  if (parked === 0) return {};
  return { detail: `${parked === 1 ? '1 event is' : `${parked} events are`} parked: see GET /v1/projections/parked.` };
}

import type { StoredEvent } from '#event-store';
import { PROJECTIONS, type Projection } from '#read-models';

/** Stands for a projection with a bug: what its event throws it throws again each time, until `mended`. */
export class FaultyProjection implements Projection {
  readonly name: string;
  readonly version: number;
  readonly entities: Projection['entities'];
  readonly waits: 'stream' | 'log';
  mended = false;
  failures = 0;

  constructor(
    private readonly sound: Projection,
    private readonly failsAt: (stored: StoredEvent) => boolean,
    private readonly error: Error = new TypeError('cannot read properties of undefined'),
  ) {
    this.name = sound.name;
    this.version = sound.version;
    this.entities = sound.entities;
    this.waits = sound.waits ?? 'stream';
  }

  apply(batch: Parameters<Projection['apply']>[0], tables: Parameters<Projection['apply']>[1]): void {
    // First writes, so that a batch which is not rolled back would show.
    this.sound.apply(batch, tables);
    if (this.mended || !batch.events.some(this.failsAt)) return;
    this.failures += 1;
    throw this.error;
  }
}

export function projectionNamed(name: string): Projection {
  const projection = PROJECTIONS.find((candidate) => candidate.name === name);
  if (projection === undefined) throw new Error(`There is no projection ${name}.`);
  return projection;
}

/** The projections of the build, with this one in the place of its namesake. */
export function among(projection: Projection): readonly Projection[] {
  return PROJECTIONS.map((each) => (each.name === projection.name ? projection : each));
}

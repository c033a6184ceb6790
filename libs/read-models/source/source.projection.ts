import { type SourceEvent, STANCES, type Stance } from '#domain';
import type { StoredEvent } from '#event-store';
import type { Projection, TableWriter } from '../projection/projection.js';
import type { ThreadStep } from '../projection/thread-folds.js';
import { SourceEntity, type SourceRow } from './source.entity.js';

const SOURCE_STREAM_PREFIX = 'source-';
const COUNTERS = {
  report: 'spokenReport',
  confirm: 'spokenConfirm',
  deny: 'spokenDeny',
  no_comment: 'spokenNoComment',
} as const satisfies Record<Stance, keyof SourceRow>;

export const sourceProjection: Projection = {
  name: 'source',
  version: 1,
  entities: [SourceEntity],
  apply({ events, steps }, tables) {
    writeDetails(events, tables);
    addCounts(steps, tables);
  },
};

type Details = Pick<SourceRow, 'sourceId' | 'position'> & Partial<SourceRow>;

/** Each event changes only what it speaks of, so the row keeps what it counts and earlier events said. */
function writeDetails(events: readonly StoredEvent[], tables: TableWriter): void {
  const bySource = new Map<string, Details>();
  for (const stored of events) {
    const details = detailsIn(stored);
    if (details !== null) bySource.set(details.sourceId, { ...bySource.get(details.sourceId), ...details });
  }
  tables.execute(
    SourceEntity,
    (table) => `
      INSERT INTO ${table} AS s (source_id, key, name, kind, voice_group, trusted_conduit, rating, sealed, erased,
        ${NUMBERS.join()}, registered_at, changed_at, revision, position)
      SELECT n.source_id, n.key, n.name, n.kind, n.voice_group, n.trusted_conduit, n.rating,
        coalesce(n.sealed, false), coalesce(n.erased, false), ${NUMBERS.map(() => '0').join()},
        n.registered_at, n.changed_at, n.revision, n.position
      FROM json_populate_recordset(NULL::${table}, $1) n
      ON CONFLICT (source_id) DO UPDATE SET
        ${KEPT.map((column) => `${column} = coalesce(excluded.${column}, s.${column})`).join()},
        sealed = s.sealed OR excluded.sealed, erased = s.erased OR excluded.erased,
        changed_at = excluded.changed_at, revision = excluded.revision,
        position = greatest(s.position, excluded.position)`,
    [...bySource.values()],
  );
}

const KEPT = ['key', 'name', 'kind', 'voice_group', 'trusted_conduit', 'rating', 'registered_at'];
const NUMBERS = [...STANCES.map((stance) => `spoken_${stance}`), 'carried', 'retracted', 'corrected', 'voided'];

function detailsIn({ stream, event: stored, revision, position, recordedAt }: StoredEvent): Details | null {
  if (!stream.startsWith(SOURCE_STREAM_PREFIX)) return null;
  // What stands in the stream of a source is an event of a source.
  const event = stored as SourceEvent;
  const row = { sourceId: stream.slice(SOURCE_STREAM_PREFIX.length), revision, position, changedAt: recordedAt };
  switch (event.type) {
    case 'SourceRegistered': {
      const { sourceId: _, ...details } = event.data;
      return { ...row, ...details, registeredAt: recordedAt };
    }
    case 'SourceRevised': {
      const { reason: _, ...details } = event.data;
      return { ...row, ...details };
    }
    case 'SourceRated':
      return { ...row, rating: event.data.rating };
    case 'SourceSealed':
      return { ...row, name: event.data.label, sealed: true };
    case 'SourceIdentityErased':
      return { ...row, erased: true };
  }
}

type Counts = { -readonly [Key in keyof SourceRow]?: SourceRow[Key] };

/** What the batch adds to each source's counts, in one statement. */
function addCounts(steps: readonly ThreadStep[], tables: TableWriter): void {
  const bySource = new Map<string, Counts>();
  for (const step of steps) count(step, bySource);
  tables.execute(
    SourceEntity,
    (table) => `
      INSERT INTO ${table} AS s (source_id, sealed, erased, ${NUMBERS.join()},
        first_attribution_at, last_attribution_at, position)
      SELECT n.source_id, false, false, ${NUMBERS.map((column) => `coalesce(n.${column}, 0)`).join()},
        n.first_attribution_at, n.last_attribution_at, n.position
      FROM json_populate_recordset(NULL::${table}, $1) n
      ON CONFLICT (source_id) DO UPDATE SET
        ${NUMBERS.map((column) => `${column} = s.${column} + excluded.${column}`).join()},
        first_attribution_at = least(s.first_attribution_at, excluded.first_attribution_at),
        last_attribution_at = greatest(s.last_attribution_at, excluded.last_attribution_at),
        position = greatest(s.position, excluded.position)`,
    [...bySource.values()] as Partial<SourceRow>[],
  );
}

function count({ stored, takenBack }: ThreadStep, bySource: Map<string, Counts>): void {
  const { event, recordedAt, position } = stored;
  const of = (sourceId: string): Counts => {
    const counts = bySource.get(sourceId) ?? { sourceId };
    bySource.set(sourceId, counts);
    return Object.assign(counts, { position });
  };
  const { data } = event;
  if ('speaker' in data) {
    const stance = STANCE_OF[event.type as keyof typeof STANCE_OF];
    const parts = data.via.map(({ sourceId }) => [of(sourceId), 'carried'] as const);
    const spoken = data.speaker === null ? [] : [[of(data.speaker.sourceId), COUNTERS[stance]] as const];
    for (const [counts, counter] of [...parts, ...spoken]) {
      add(counts, counter);
      counts.firstAttributionAt ??= recordedAt;
      counts.lastAttributionAt = recordedAt;
    }
    return;
  }
  const how = TAKEN_BACK[event.type as keyof typeof TAKEN_BACK];
  if (how !== undefined && takenBack?.speaker) add(of(takenBack.speaker.sourceId), how);
}

const STANCE_OF = {
  ClaimReported: 'report',
  ClaimConfirmed: 'confirm',
  ClaimDenied: 'deny',
  CommentDeclined: 'no_comment',
} as const;
const TAKEN_BACK = {
  AttributionRetracted: 'retracted',
  AttributionCorrected: 'corrected',
  AttributionVoided: 'voided',
} as const;

function add(
  counts: Counts,
  counter: 'carried' | 'retracted' | 'corrected' | 'voided' | (typeof COUNTERS)[Stance],
): void {
  counts[counter] = (counts[counter] ?? 0) + 1;
}

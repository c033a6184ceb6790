import { CorruptEvent, UnknownEventType } from './errors.js';
import type { LedgerEvent, LedgerEventType } from './event-store.js';

/** An event as it is stored. */
export interface EncodedEvent {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** One schema version of one type: which keys its data has, and how it becomes the next version. */
export interface SchemaVersion {
  readonly keys: readonly string[];
  /** Left out in the newest version only. */
  readonly upcast?: (data: Fields) => Fields;
}

/** For each type its versions, from 1. */
export type EventSchemas = Readonly<Record<string, readonly SchemaVersion[]>>;

const THREAD = ['slug', 'headline', 'desk', 'topics', 'language'];
const CLAIM = ['claimId', 'statement', 'core', 'standing'];
const CLAIM_REASON = ['claimId', 'reason'];
const TAKEN_BACK = ['attributionId', 'takenBackBy', 'statedAt', 'reason'];
const SOURCE = ['name', 'kind', 'group', 'trustedConduit'];
const MERGE = ['role', 'otherThreadId', 'claims', 'exclusiveSets', 'reason'];
const ATTRIBUTION = [
  'attributionId',
  'claimId',
  'key',
  'speaker',
  'via',
  'onRecord',
  'vouchedBy',
  'tentative',
  'standing',
  'statedAt',
  'quote',
  'url',
  'note',
];

/* Stored contract: a released version is never edited; add the next one and its upcast, with a golden fixture. */
export const LEDGER_SCHEMAS = {
  ThreadOpened: [
    // All threads stood under standard-1 before there was another policy.
    { keys: ['threadId', ...THREAD], upcast: (data) => ({ ...data, policy: 'standard-1' }) },
    { keys: ['threadId', ...THREAD, 'policy'] },
  ],
  ThreadRevised: [{ keys: THREAD }],
  ClaimOpened: [{ keys: [...CLAIM, 'key'] }],
  ClaimReworded: [{ keys: [...CLAIM, 'reason'] }],
  ClaimReported: [{ keys: ATTRIBUTION }],
  ClaimConfirmed: [{ keys: ATTRIBUTION }],
  ClaimDenied: [{ keys: ATTRIBUTION }],
  CommentDeclined: [{ keys: ATTRIBUTION }],
  AttributionCorrected: [{ keys: [...TAKEN_BACK, 'replacedBy'] }],
  AttributionRetracted: [{ keys: TAKEN_BACK }],
  AttributionVoided: [{ keys: ['attributionId', 'reason'] }],
  ClaimsMadeExclusive: [{ keys: ['setId', 'claimIds'] }],
  ClaimMooted: [{ keys: CLAIM_REASON }],
  ClaimLapsed: [{ keys: CLAIM_REASON }],
  ClaimRuled: [{ keys: ['claimId', 'rulingId', 'status', 'reason'] }],
  RulingLifted: [{ keys: ['claimId', 'rulingId', 'reason'] }],
  ThreadPolicyChanged: [{ keys: ['policy', 'reason'] }],
  ThreadClosed: [{ keys: ['reason'] }],
  ThreadReopened: [{ keys: ['reason'] }],
  ThreadMerged: [{ keys: [...MERGE, 'absorbedRevision'] }],
  ThreadUnmerged: [{ keys: MERGE }],
  PiecePublished: [{ keys: ['publicationId', 'piece', 'title', 'publishedAt', 'pinnedRevision', 'reliesOn'] }],
  PieceWithdrawn: [{ keys: ['publicationId', 'reason'] }],
  SourceRegistered: [{ keys: ['sourceId', 'key', ...SOURCE] }],
  SourceRevised: [{ keys: [...SOURCE, 'reason'] }],
  SourceRated: [{ keys: ['rating', 'reason'] }],
  SourceSealed: [{ keys: ['label', 'commitment', 'reason'] }],
  SourceIdentityErased: [{ keys: ['reason'] }],
  PolicyAdopted: [{ keys: ['policy', 'reason'] }],
} as const satisfies Record<LedgerEventType, readonly SchemaVersion[]>;

/** Turns events into what is stored and back, always in the newest version: upcasting happens nowhere else. */
export class EventCodec {
  private readonly types: ReadonlyMap<string, readonly KnownVersion[]>;

  constructor(schemas: EventSchemas = LEDGER_SCHEMAS) {
    this.types = new Map(
      Object.entries(schemas).map(([type, versions]) => [
        type,
        versions.map((schema, index) => new KnownVersion(type, index + 1, schema)),
      ]),
    );
  }

  /** @throws UnknownEventType, CorruptEvent */
  encode(event: LedgerEvent): EncodedEvent {
    const newest = this.types.get(event.type)?.at(-1);
    if (newest === undefined) throw new UnknownEventType(event.type, 0);
    newest.check(event.data as unknown as Fields);
    return { type: newest.type, schemaVersion: newest.number, data: event.data };
  }

  /** @throws UnknownEventType, CorruptEvent */
  decode(type: string, schemaVersion: number, data: unknown): LedgerEvent {
    const versions = this.types.get(type);
    const stored = versions?.[schemaVersion - 1];
    if (versions === undefined || stored === undefined) throw new UnknownEventType(type, schemaVersion);
    if (!isFields(data)) throw new CorruptEvent(type, schemaVersion, 'its data is not an object');
    stored.check(data);
    const current = schemaVersion === versions.length ? data : upcast(data, versions.slice(schemaVersion - 1));
    // The keys are checked and the values were when the event was decided; the type follows from the name, which is ours
    // here and not the one read: to compare two texts that are one object costs nothing.
    return { type: stored.type, data: current } as unknown as LedgerEvent;
  }
}

class KnownVersion {
  /** The keys in the order in which they came last. */
  private order: readonly string[];

  constructor(
    readonly type: string,
    readonly number: number,
    readonly schema: SchemaVersion,
  ) {
    this.order = schema.keys;
  }

  /** @throws CorruptEvent unless the data has just the keys of this version, each with a value */
  check(data: Fields): void {
    if (hasJust(data, this.order)) return;
    const { keys } = this.schema;
    const found = Object.keys(data);
    const missing = keys.filter((key) => !Object.hasOwn(data, key) || data[key] === undefined);
    const extra = found.filter((key) => !keys.includes(key));
    if (missing.length > 0) throw new CorruptEvent(this.type, this.number, `it lacks ${missing.join(', ')}`);
    if (extra.length > 0) throw new CorruptEvent(this.type, this.number, `it has unknown ${extra.join(', ')}`);
    this.order = found;
  }
}

function upcast(data: Fields, [stored, ...later]: readonly KnownVersion[]): Fields {
  let current = data;
  let from = stored;
  for (const version of later) {
    current = from?.schema.upcast?.(current) ?? current;
    from = version;
  }
  from?.check(current);
  return current;
}

/** In this order, which is how the engine keeps them: looking each up would cost ten times as much. */
function hasJust(data: Fields, keys: readonly string[]): boolean {
  let place = 0;
  for (const key in data) {
    if (key !== keys[place] || data[key] === undefined) return false;
    place += 1;
  }
  return place === keys.length;
}

function isFields(data: unknown): data is Fields {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

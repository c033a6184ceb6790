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
  constructor(private readonly schemas: EventSchemas = LEDGER_SCHEMAS) {}

  /** @throws UnknownEventType, CorruptEvent */
  encode(event: LedgerEvent): EncodedEvent {
    const schemaVersion = this.versionsOf(event.type, 0).length;
    this.check(event.type, schemaVersion, event.data as unknown as Fields);
    return { type: event.type, schemaVersion, data: event.data };
  }

  /** @throws UnknownEventType, CorruptEvent */
  decode(type: string, schemaVersion: number, data: unknown): LedgerEvent {
    const versions = this.versionsOf(type, schemaVersion);
    if (!isFields(data)) throw new CorruptEvent(type, schemaVersion, 'its data is not an object');
    this.check(type, schemaVersion, data);
    let current = data;
    for (const version of versions.slice(schemaVersion - 1)) current = version.upcast?.(current) ?? current;
    if (schemaVersion < versions.length) this.check(type, versions.length, current);
    // The keys are checked and the values were when the event was decided; the type follows from the name.
    return { type, data: current } as unknown as LedgerEvent;
  }

  private versionsOf(type: string, schemaVersion: number): readonly SchemaVersion[] {
    const versions = Object.hasOwn(this.schemas, type) ? this.schemas[type] : undefined;
    if (versions === undefined || schemaVersion > versions.length) throw new UnknownEventType(type, schemaVersion);
    return versions;
  }

  private check(type: string, schemaVersion: number, data: Fields): void {
    const keys = this.schemas[type]?.[schemaVersion - 1]?.keys ?? [];
    if (Object.keys(data).length === keys.length && keys.every((key) => data[key] !== undefined)) return;
    const missing = keys.filter((key) => !Object.hasOwn(data, key) || data[key] === undefined);
    const extra = Object.keys(data).filter((key) => !keys.includes(key));
    if (missing.length > 0) throw new CorruptEvent(type, schemaVersion, `it lacks ${missing.join(', ')}`);
    if (extra.length > 0) throw new CorruptEvent(type, schemaVersion, `it has unknown ${extra.join(', ')}`);
  }
}

function isFields(data: unknown): data is Fields {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

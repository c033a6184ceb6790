import {
  type AttributionId,
  type AttributionRecord,
  attributionIn,
  type ClaimId,
  type ClaimRecord,
  takeBackIn,
} from '#domain';
import { type AttributionOrigin, attributionOrigin, ThreadFold, type ThreadStoredEvent } from '#read-models';
import { MapMadeLate } from './map-made-late.js';

interface Word {
  readonly stored: ThreadStoredEvent;
  readonly record: AttributionRecord;
}

interface TakingBack extends Place {
  readonly stored: ThreadStoredEvent;
  /** The attribution as it stands after it. */
  readonly record: AttributionRecord;
}

/** Where an attribution stands in its claim, in every view of the chapter that has it. */
interface Place {
  readonly claimId: ClaimId;
  readonly index: number;
}

/**
 * A part of a thread in which claims only grow: from its beginning, or from a merge or its undoing, to the next one. In
 * it the words on a claim up to any event are the first so many of all, so that a view needs no fold of them.
 */
class Chapter {
  private readonly words = new Map<ClaimId, Word[]>();
  private readonly inOrder: Word[] = [];
  private readonly takingsBack: TakingBack[] = [];
  private readonly others: { readonly stored: ThreadStoredEvent }[] = [];
  private readonly places = new Map<AttributionId, Place>();
  private readonly latest = new Map<AttributionId, AttributionRecord>();

  constructor(
    /** The events that it begins after. */
    readonly start: number,
    /** The thread after them. Never changed. */
    private readonly base: ThreadFold,
  ) {
    for (const { claimId, attributions } of base.state.claims.values()) {
      for (const [index, { attributionId }] of attributions.entries())
        this.places.set(attributionId, { claimId, index });
    }
  }

  add(stored: ThreadStoredEvent): void {
    const record = attributionIn(stored);
    if (record !== null) return this.addWord({ stored, record });
    const takeBack = takeBackIn(stored);
    if (takeBack === null) {
      this.others.push({ stored });
      return;
    }
    const place = this.places.get(takeBack.attributionId);
    const known = this.latest.get(takeBack.attributionId) ?? this.base.state.attributions.get(takeBack.attributionId);
    if (place === undefined || known === undefined) return;
    const { takenBack } = takeBack;
    this.takingsBack.push({ ...place, stored, record: { ...known, takenBack } });
  }

  private addWord(word: Word): void {
    const { attributionId, claimId } = word.record;
    const words = this.words.get(claimId) ?? [];
    this.words.set(claimId, words);
    const before = this.base.state.claims.get(claimId)?.attributions.length ?? 0;
    this.places.set(attributionId, { claimId, index: before + words.length });
    this.latest.set(attributionId, word.record);
    words.push(word);
    this.inOrder.push(word);
  }

  /** The thread after the event `last`, without its assessment. Nothing of it is shared but what nobody changes. */
  upTo(last: ThreadStoredEvent): ThreadFold {
    const { revision } = last;
    const fold = copyOf(this.base);
    for (const { stored } of firstOf(this.others, revision)) fold.fold(stored);
    const { claims } = fold.state;
    for (const [claimId, words] of this.words) {
      const claim = claims.get(claimId);
      const said = firstOf(words, revision);
      const latest = said.at(-1);
      if (claim === undefined || latest === undefined) continue;
      for (const { record } of said) claim.attributions.push(record);
      touch(fold, claimId, latest.stored);
    }
    const takingsBack = firstOf(this.takingsBack, revision);
    for (const { claimId, index, record, stored } of takingsBack) {
      const claim = claims.get(claimId);
      if (claim === undefined) continue;
      claim.attributions[index] = record;
      claim.rewrittenAt = stored.revision;
      touch(fold, claimId, stored);
    }
    fold.last = last;
    fold.state.revision = revision;
    return this.withMaps(fold, firstOf(this.inOrder, revision), takingsBack);
  }

  private withMaps(fold: ThreadFold, words: readonly Word[], takingsBack: readonly TakingBack[]): ThreadFold {
    const { base, places } = this;
    const { claims } = fold.state;
    const ids = function* () {
      yield* base.state.attributions.keys();
      for (const { record } of words) yield record.attributionId;
    };
    const attributions = new MapMadeLate<AttributionId, AttributionRecord>(function* () {
      for (const id of ids()) {
        const place = places.get(id);
        const record = claims.get(place?.claimId ?? '')?.attributions[place?.index ?? -1];
        if (record !== undefined) yield [id, record];
      }
    });
    const attributionIdByKey = new MapMadeLate<string, AttributionId>(() => {
      const byKey = new Map(base.state.attributionIdByKey);
      for (const { record } of words) {
        if (record.key !== null && !byKey.has(record.key)) byKey.set(record.key, record.attributionId);
      }
      return byKey;
    });
    Object.assign(fold.state, { attributions, attributionIdByKey });
    return Object.assign(fold, {
      attributionOrigin: new MapMadeLate<AttributionId, AttributionOrigin>(function* () {
        yield* base.attributionOrigin;
        for (const { record, stored } of words) yield [record.attributionId, attributionOrigin(stored)];
      }),
      takenBackBy: new MapMadeLate<AttributionId, ThreadStoredEvent>(function* () {
        yield* base.takenBackBy;
        for (const { record, stored } of takingsBack) yield [record.attributionId, stored];
      }),
    });
  }
}

/**
 * Any moment of one thread, at a cost that is that of its other events and of a copy of its lists of words: the words
 * themselves are made once. Events are added in their order and never change.
 */
export class ThreadPast {
  private readonly chapters: Chapter[] = [new Chapter(0, new ThreadFold())];
  private known: readonly ThreadStoredEvent[] = [];
  private seen = 0;

  /** The thread after the first `count` of its events, as folding them gives it, not assessed. Whoever asks owns it. */
  at(events: readonly ThreadStoredEvent[], count: number): ThreadFold {
    this.known = events;
    for (; this.seen < count; this.seen++) this.take(this.seen);
    return this.upTo(count);
  }

  private take(at: number): void {
    const stored = this.known[at];
    if (stored === undefined) return;
    if (!('role' in stored.event.data)) {
      this.chapters.at(-1)?.add(stored);
      return;
    }
    const base = this.upTo(at);
    base.fold(stored);
    this.chapters.push(new Chapter(at + 1, base));
  }

  private upTo(count: number): ThreadFold {
    const last = this.known[count - 1];
    const chapter = this.chapters.findLast(({ start }) => start <= count);
    if (last === undefined || chapter === undefined) return new ThreadFold();
    return chapter.upTo(last);
  }
}

/** Without what `Chapter.withMaps` makes. */
function copyOf(base: ThreadFold): ThreadFold {
  const { state, opened, last, claimOpened, claimKeys, claimLast } = base;
  const claims = new Map<ClaimId, ClaimRecord>();
  for (const [id, claim] of state.claims) claims.set(id, { ...claim, attributions: [...claim.attributions] });
  return Object.assign(new ThreadFold(), {
    state: {
      ...state,
      absorbed: new Set(state.absorbed),
      claims,
      claimIdByKey: new Map(state.claimIdByKey),
      publications: new Map(state.publications),
      publicationIdByPiece: new Map(state.publicationIdByPiece),
    },
    opened,
    last,
    claimOpened: new Map(claimOpened),
    claimKeys: new Map(claimKeys),
    claimLast: new Map(claimLast),
  });
}

function touch(fold: ThreadFold, claimId: ClaimId, stored: ThreadStoredEvent): void {
  const known = fold.claimLast.get(claimId);
  if (known === undefined || known.revision < stored.revision) fold.claimLast.set(claimId, stored);
}

/** Those up to and with a revision, of a list in the order of the stream. */
function firstOf<Of extends { readonly stored: ThreadStoredEvent }>(
  list: readonly Of[],
  revision: bigint,
): readonly Of[] {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = list[middle];
    if (one !== undefined && one.stored.revision <= revision) low = middle + 1;
    else high = middle;
  }
  return low === list.length ? list : list.slice(0, low);
}

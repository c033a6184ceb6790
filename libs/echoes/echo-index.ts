import { type AttributionId, type AttributionRecord, type ClaimId, comparableWords } from '#domain';
import { similarity } from './similarity.js';

/** From the surest to the least sure. */
export type EchoKind = 'same_speaker' | 'same_group' | 'same_words' | 'near_words';

/** An attribution that looks like another source, and has the origin of an earlier one. */
export interface Echo {
  readonly kind: EchoKind;
  /** The earlier one. */
  readonly attributionId: AttributionId;
  /** Of words that are nearly the same: 0 to 1. */
  readonly similarity: number | null;
  readonly detail: string;
}

/** See docs/adr/0014-echoes-are-flagged.md for where it comes from. */
const NEARLY_THE_SAME = 0.9;
/** Texts that share this part of their word triples are worth comparing, and of those the likeliest. */
const SHARED_TRIPLES = 0.4;
const MOST_COMPARED = 3;
/** Of a phrase that everybody uses the first users are remembered: an origin is early. */
const MOST_SHARING = 200;

type Side = 'for' | 'against';

interface Heard {
  readonly order: number;
  readonly attribution: AttributionRecord;
  readonly words: string | null;
  /** The order of the event that took it back. */
  takenBack: number;
}

/** What was heard on one side of a claim. */
class SideIndex {
  readonly bySpeaker = new Map<string, Heard[]>();
  readonly byGroup = new Map<string, Heard[]>();
  readonly byWords = new Map<string, Heard[]>();
  readonly byTriple = new Map<string, Heard[]>();
}

/**
 * The attributions of a thread in the order in which they were recorded, and for each whether it echoes an earlier one
 * that stood then, on the same side of the same claim. Adding one costs what its words cost; asking about one compares
 * it with a few others, however long the thread.
 */
export class EchoIndex {
  private readonly sides = new Map<string, SideIndex>();
  private readonly heard = new Map<AttributionId, Heard>();
  private order = 0;

  add(attribution: AttributionRecord): void {
    const side = sideOf(attribution);
    if (side === null || this.heard.has(attribution.attributionId)) return;
    const heard: Heard = {
      order: this.order++,
      attribution,
      words: comparableWords(attribution.quote),
      takenBack: Number.POSITIVE_INFINITY,
    };
    this.heard.set(attribution.attributionId, heard);
    const index = this.sideFor(attribution.claimId, side);
    const { speaker } = attribution;
    if (speaker !== null) {
      put(index.bySpeaker, speaker.sourceId, heard);
      put(index.byGroup, speaker.group, heard);
    }
    if (heard.words === null) return;
    // Of texts that are the very same one is enough to compare others with.
    if (!index.byWords.has(heard.words)) {
      for (const triple of triplesOf(heard.words)) put(index.byTriple, triple, heard, MOST_SHARING);
    }
    put(index.byWords, heard.words, heard);
  }

  takeBack(attributionId: AttributionId): void {
    const heard = this.heard.get(attributionId);
    if (heard !== undefined) heard.takenBack = Math.min(heard.takenBack, this.order++);
  }

  /** Of one that was added as of the moment when it was; of another as if it came now. At most one of each kind. */
  echoesOf(attribution: AttributionRecord): readonly Echo[] {
    const side = sideOf(attribution);
    const index = side === null ? undefined : this.sides.get(`${side} ${attribution.claimId}`);
    if (index === undefined) return [];
    const known = this.heard.get(attribution.attributionId);
    const before = known?.order ?? this.order;
    const words = known?.words ?? comparableWords(attribution.quote);
    const stood = (heard: Heard) => heard.order < before && heard.takenBack > before;
    const found: Echo[] = [];
    const note = (kind: EchoKind, origin: Heard | undefined, detail: string, how: number | null = null) => {
      const attributionId = origin?.attribution.attributionId;
      if (attributionId === undefined || found.some((echo) => echo.attributionId === attributionId)) return;
      found.push({ kind, attributionId, similarity: how, detail });
    };
    const { speaker } = attribution;
    if (speaker !== null) {
      const own = index.bySpeaker.get(speaker.sourceId)?.find(stood);
      note('same_speaker', own, own === undefined ? '' : speakerDetail(own.attribution, attribution));
      const others = (heard: Heard) => stood(heard) && heard.attribution.speaker?.sourceId !== speaker.sourceId;
      note('same_group', index.byGroup.get(speaker.group)?.find(others), `Both speak for ${speaker.group}: one voice.`);
    }
    if (words === null) return found;
    const stranger = (heard: Heard) => stood(heard) && isStranger(heard.attribution, attribution);
    const same = index.byWords.get(words)?.find(stranger);
    note('same_words', same, 'The same words from another group: perhaps one text that both carry.');
    if (same !== undefined) return found;
    const near = nearest(index, words, stranger);
    note('near_words', near?.heard, 'Nearly the same words from another group: perhaps one text.', near?.how ?? null);
    return found;
  }

  private sideFor(claimId: ClaimId, side: Side): SideIndex {
    const key = `${side} ${claimId}`;
    const known = this.sides.get(key) ?? new SideIndex();
    this.sides.set(key, known);
    return known;
  }
}

/** Who declines to comment takes no side, and echoes nobody. */
function sideOf({ stance }: AttributionRecord): Side | null {
  switch (stance) {
    case 'report':
    case 'confirm':
      return 'for';
    case 'deny':
      return 'against';
    case 'no_comment':
      return null;
  }
}

/** The policy counts a speaker and a group once anyway: only words of another group are news. */
function isStranger(a: AttributionRecord, b: AttributionRecord): boolean {
  return a.speaker === null || b.speaker === null || a.speaker.group !== b.speaker.group;
}

function speakerDetail(origin: AttributionRecord, attribution: AttributionRecord): string {
  const carriers = ({ via }: AttributionRecord) => via.map(({ sourceId }) => sourceId).join();
  return carriers(origin) === carriers(attribution)
    ? 'The same speaker again: one voice.'
    : 'The same speaker by another carrier: one voice.';
}

/** Of those that share most, the first that is near enough; of equals the earliest. */
function nearest(
  index: SideIndex,
  words: string,
  admits: (heard: Heard) => boolean,
): { readonly heard: Heard; readonly how: number } | null {
  const triples = triplesOf(words);
  const shared = new Map<Heard, number>();
  for (const triple of triples) {
    for (const heard of index.byTriple.get(triple) ?? []) shared.set(heard, (shared.get(heard) ?? 0) + 1);
  }
  const likely = [...shared]
    .filter(([heard, count]) => count >= triples.size * SHARED_TRIPLES && admits(heard))
    .sort(([a, ofA], [b, ofB]) => ofB - ofA || a.order - b.order)
    .slice(0, MOST_COMPARED);
  for (const [heard] of likely) {
    const how = similarity(words, heard.words ?? '');
    if (how >= NEARLY_THE_SAME) return { heard, how };
  }
  return null;
}

function triplesOf(words: string): ReadonlySet<string> {
  const list = words.split(' ');
  return new Set(list.slice(2).map((word, index) => `${list[index]} ${list[index + 1]} ${word}`));
}

function put(map: Map<string, Heard[]>, key: string, heard: Heard, most = Number.POSITIVE_INFINITY): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [heard]);
  else if (known.length < most) known.push(heard);
}

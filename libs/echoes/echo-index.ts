import { type AttributionId, type AttributionRecord, type ClaimId, comparableWords, type SourceId } from '#domain';
import { similarity } from './similarity.js';
import { TripleUsers } from './triple-users.js';

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
/** Taken back after all that has come so far. No integer of more than 31 bits: V8 would keep it as an object of its own. */
const NEVER = 2 ** 31 - 1;

type Side = 'for' | 'against';

/** What of an attribution makes it an echo. */
export type Said = Pick<AttributionRecord, 'attributionId' | 'claimId' | 'stance' | 'speaker' | 'via' | 'quote'>;

interface Heard {
  readonly order: number;
  readonly attribution: Said;
  /** The order of the event that took it back; `NEVER` while it stands. */
  takenBack: number;
}

/** A quote as it is compared. */
interface Comparable {
  readonly quote: string | null;
  readonly words: string | null;
  /** A number that stands for `words`. */
  readonly hash: number;
  readonly triples: ReadonlySet<number>;
}

/**
 * What was heard on one side of a claim. Words are made anew from a quote where two are compared: kept, they would take as
 * much memory as the quotes.
 */
class SideIndex {
  readonly bySpeaker = new Map<string, Heard[]>();
  /** Of each group its speakers, each with what is in `bySpeaker`: of one who talks much only the first word is looked at. */
  readonly byGroup = new Map<string, Map<SourceId, Heard[]>>();
  /** By the number of their words. Most have one user, for whom a list would take several times the memory. */
  readonly byWords = new Map<number, Heard | Heard[]>();
  /** By the number of three words in a row, places in `texts`. */
  readonly byTriple = new TripleUsers();
  /** No two of the very same words: of those, one is enough to compare others with. */
  readonly texts: Heard[] = [];
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
  private last: Comparable | null = null;

  /** One that a merge or its undoing brings may have been taken back elsewhere. */
  add(attribution: Said & Pick<AttributionRecord, 'takenBack'>): void {
    const side = sideOf(attribution);
    if (side === null) return;
    if (!this.heard.has(attribution.attributionId)) this.hear(attribution, side);
    if (attribution.takenBack !== null) this.takeBack(attribution.attributionId);
  }

  private hear(attribution: Said, side: Side): void {
    const heard: Heard = { order: this.order++, attribution, takenBack: NEVER };
    this.heard.set(attribution.attributionId, heard);
    const index = this.sideFor(attribution.claimId, side);
    const { speaker } = attribution;
    if (speaker !== null) {
      const own = put(index.bySpeaker, speaker.sourceId, heard);
      const group = index.byGroup.get(speaker.group);
      if (group === undefined) index.byGroup.set(speaker.group, new Map([[speaker.sourceId, own]]));
      else group.set(speaker.sourceId, own);
    }
    const said = this.comparableOf(attribution.quote);
    const { words, hash, triples } = said;
    if (words === null) return;
    const known = index.byWords.get(hash);
    if (known === undefined || !says(firstOf(known), said)) {
      for (const triple of triples) index.byTriple.add(triple, index.texts.length);
      index.texts.push(heard);
    }
    if (known === undefined) index.byWords.set(hash, heard);
    else if (Array.isArray(known)) known.push(heard);
    else index.byWords.set(hash, [known, heard]);
  }

  takeBack(attributionId: AttributionId): void {
    const heard = this.heard.get(attributionId);
    if (heard !== undefined) heard.takenBack = Math.min(heard.takenBack, this.order++);
  }

  /** Of one that was added as of the moment when it was; of another as if it came now. At most one of each kind. */
  echoesOf(attribution: Said): readonly Echo[] {
    const side = sideOf(attribution);
    const index = side === null ? undefined : this.sides.get(`${side} ${attribution.claimId}`);
    if (index === undefined) return [];
    const known = this.heard.get(attribution.attributionId);
    const before = known?.order ?? this.order;
    const asked = this.comparableOf(attribution.quote);
    const { words, hash, triples } = asked;
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
      const other = firstOfOthers(index.byGroup.get(speaker.group), speaker.sourceId, stood);
      note('same_group', other, `Both speak for ${speaker.group}: one voice.`);
    }
    if (words === null) return found;
    const stranger = (heard: Heard) => stood(heard) && isStranger(heard.attribution, attribution);
    const same = listOf(index.byWords.get(hash)).find((heard) => stranger(heard) && says(heard, asked));
    note('same_words', same, 'The same words from another group: perhaps one text that both carry.');
    if (same !== undefined) return found;
    const near = nearest(index, { words, triples }, stranger);
    note('near_words', near?.heard, 'Nearly the same words from another group: perhaps one text.', near?.how ?? null);
    return found;
  }

  /** Who asks about a quote nearly always adds it next. */
  private comparableOf(quote: string | null): Comparable {
    if (this.last?.quote === quote) return this.last;
    this.last = comparable(quote);
    return this.last;
  }

  private sideFor(claimId: ClaimId, side: Side): SideIndex {
    const key = `${side} ${claimId}`;
    const known = this.sides.get(key) ?? new SideIndex();
    this.sides.set(key, known);
    return known;
  }
}

/** Who declines to comment takes no side, and echoes nobody. */
function sideOf({ stance }: Said): Side | null {
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
function isStranger(a: Said, b: Said): boolean {
  return a.speaker === null || b.speaker === null || a.speaker.group !== b.speaker.group;
}

function speakerDetail(origin: Said, attribution: Said): string {
  const carriers = ({ via }: Said) => via.map(({ sourceId }) => sourceId).join();
  return carriers(origin) === carriers(attribution)
    ? 'The same speaker again: one voice.'
    : 'The same speaker by another carrier: one voice.';
}

function firstOfOthers(
  group: ReadonlyMap<SourceId, readonly Heard[]> | undefined,
  speaker: SourceId,
  admits: (heard: Heard) => boolean,
): Heard | undefined {
  let first: Heard | undefined;
  for (const [sourceId, words] of group ?? []) {
    const word = sourceId === speaker ? undefined : words.find(admits);
    if (word !== undefined && word.order < (first?.order ?? Number.POSITIVE_INFINITY)) first = word;
  }
  return first;
}

/** Of those that share most, the first that is near enough; of equals the earliest. */
function nearest(
  index: SideIndex,
  { words, triples }: { readonly words: string; readonly triples: ReadonlySet<number> },
  admits: (heard: Heard) => boolean,
): { readonly heard: Heard; readonly how: number } | null {
  const shared = new Map<number, number>();
  for (const triple of triples) index.byTriple.each(triple, (text) => shared.set(text, (shared.get(text) ?? 0) + 1));
  const likely = [...shared]
    .filter(([, count]) => count >= triples.size * SHARED_TRIPLES)
    // Of equals, the earlier text.
    .sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b)
    .flatMap(([text]) => index.texts[text] ?? [])
    .filter(admits)
    .slice(0, MOST_COMPARED);
  for (const heard of likely) {
    const how = similarity(words, comparableWords(heard.attribution.quote) ?? '');
    if (how >= NEARLY_THE_SAME) return { heard, how };
  }
  return null;
}

function says(heard: Heard | undefined, { quote, words }: Comparable): boolean {
  const said = heard?.attribution.quote ?? null;
  return said === quote || comparableWords(said) === words;
}

/**
 * Of each three words in a row a number. Two triples may have the same one, which only makes a text that shares little
 * count as sharing a triple more; whether texts are alike is for `similarity` to say.
 */
function comparable(quote: string | null): Comparable {
  const words = comparableWords(quote);
  const triples = new Set<number>();
  let hash = 0;
  if (words === null) return { quote, words, hash, triples };
  let [before, last, word] = [0, 0, 0];
  let count = 0;
  for (let at = 0; at <= words.length; at++) {
    const unit = words.charCodeAt(at);
    if (at < words.length && unit !== SPACE) {
      word = Math.imul(word, 31) + unit;
      continue;
    }
    if (++count > 2) triples.add((Math.imul(before, 0x9e3779b1) ^ Math.imul(last, 0x85ebca6b) ^ word) | 0);
    hash = (Math.imul(hash, 0x01000193) ^ word) | 0;
    [before, last, word] = [last, word, 0];
  }
  return { quote, words, hash, triples };
}

const SPACE = 32;

function listOf(heard: Heard | readonly Heard[] | undefined): readonly Heard[] {
  return heard === undefined ? [] : Array.isArray(heard) ? heard : [heard as Heard];
}

function firstOf(heard: Heard | readonly Heard[]): Heard | undefined {
  return listOf(heard)[0];
}

function put(map: Map<string, Heard[]>, key: string, heard: Heard): Heard[] {
  const known = map.get(key) ?? [];
  if (known.length === 0) map.set(key, known);
  known.push(heard);
  return known;
}

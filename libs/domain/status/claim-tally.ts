import type { AssessableAttribution } from './assessment.js';
import {
  classify,
  compareStated,
  decideStatus,
  lastWordOf,
  STRENGTH,
  type Verdict,
  voices,
  type Word,
} from './claim-status.js';
import type { StatusPolicy } from './policy.js';

/** What one speaker has said, in the order in which it was said, and which of it counts. */
interface Speech {
  readonly words: Word[];
  counts: Word;
}

/**
 * The verdict of `claimStatus`, kept up to date one attribution at a time: what a hot claim costs does not grow with
 * what has been said, only with how many speak. It knows what counts and not why the rest does not; to explain a status,
 * ask `claimStatus`. Attributions that are taken back later need a tally made anew.
 */
export class ClaimTally {
  private readonly bySpeaker = new Map<string, Speech>();
  private known: Verdict | null = null;
  private anyRetracted = false;
  private anyDeclined = false;

  constructor(private readonly policy: StatusPolicy) {}

  add(attribution: AssessableAttribution): void {
    const { stance, takenBack } = attribution;
    if (takenBack !== null) {
      if (takenBack.how === 'retracted' && stance !== 'no_comment' && !this.anyRetracted) {
        this.anyRetracted = true;
        this.known = null;
      }
    } else if (stance === 'no_comment') {
      if (!this.anyDeclined) this.known = null;
      this.anyDeclined = true;
    } else if (this.hear({ attribution, voiceClass: classify(attribution, this.policy) })) {
      this.known = null;
    }
  }

  /** The same object until something that counts has changed. */
  verdict(): Verdict {
    this.known ??= this.decide();
    return this.known;
  }

  /** Whether it changes what counts: an echo does not. */
  private hear(word: Word): boolean {
    const speaker = word.attribution.speaker?.sourceId ?? `unknown ${word.attribution.attributionId}`;
    const speech = this.bySpeaker.get(speaker);
    const latest = speech?.words.at(-1);
    if (speech === undefined || latest === undefined) {
      this.bySpeaker.set(speaker, { words: [word], counts: word });
      return true;
    }
    const { words, counts } = speech;
    words.push(word);
    if (compareStated(latest.attribution, word.attribution) < 0) speech.counts = followed(counts, latest, word);
    // Said earlier than what is known: the whole speech decides.
    else speech.counts = lastWordOf(words, []) ?? word;
    return speech.counts !== counts;
  }

  private decide(): Verdict {
    if (this.bySpeaker.size === 0) {
      return { rule: 'R1', status: this.anyRetracted ? 'retracted' : this.anyDeclined ? 'no_comment' : 'open' };
    }
    const heard = [...this.bySpeaker.values()]
      .map(({ counts }) => counts)
      .filter(({ voiceClass }) => voiceClass !== 'W');
    const supporting = voices(
      heard.filter(({ attribution }) => attribution.stance !== 'deny'),
      this.policy,
    );
    const against = voices(
      heard.filter(({ attribution }) => attribution.stance === 'deny'),
      this.policy,
    );
    return decideStatus(supporting, against, this.policy);
  }
}

/** Which word counts once `word` follows `latest`: of repeats the earliest of the strongest. */
function followed(counts: Word, latest: Word, word: Word): Word {
  const isRepeat =
    latest.attribution.stance === word.attribution.stance &&
    latest.attribution.tentative === word.attribution.tentative;
  return isRepeat && STRENGTH[counts.voiceClass] >= STRENGTH[word.voiceClass] ? counts : word;
}

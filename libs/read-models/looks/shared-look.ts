import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';

/** A look that takes longer holds up those who ask meanwhile no further: theirs begins beside it. */
const SLOW_MS = 10;
/** Each takes a connection of a pool that others need, too. */
const MOST_UNDER_WAY = 3;

interface Gathering<Question, Result> {
  readonly questions: Question[];
  readonly result: Promise<Result>;
}

/**
 * One look at the database for all who ask within a turn of the event loop, or while the look before is under way. A look
 * begins after the last question that it answers was asked: what it finds is as fresh as what each would have found alone.
 * It fails for all who share it, and for nobody after them.
 */
export class SharedLook<Question, Result> {
  private gathering: Gathering<Question, Result> | null = null;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly look: (questions: readonly Question[]) => Promise<Result>) {}

  /** @throws what the look said */
  ask(question: Question): Promise<Result> {
    this.gathering ??= this.gather();
    this.gathering.questions.push(question);
    return this.gathering.result;
  }

  private gather(): Gathering<Question, Result> {
    const questions: Question[] = [];
    return { questions, result: this.lookAfter(this.itsTime(), questions) };
  }

  private async lookAfter(time: Promise<void>, questions: readonly Question[]): Promise<Result> {
    await time;
    // Who asks from here on may know of more than this look will find.
    this.gathering = null;
    const look = this.look(questions);
    this.underWay.add(look);
    try {
      return await look;
    } finally {
      this.underWay.delete(look);
    }
  }

  private async itsTime(): Promise<void> {
    if (this.underWay.size > 0) {
      const slow = new AbortController();
      const anyEnds = Promise.race(this.underWay).catch(() => undefined);
      const waits = [anyEnds, ...(this.underWay.size < MOST_UNDER_WAY ? [waitFor(slow.signal)] : [])];
      await Promise.race(waits);
      slow.abort();
    }
    await turn();
  }
}

function waitFor(signal: AbortSignal): Promise<void> {
  return delay(SLOW_MS, undefined, { signal }).catch(() => undefined);
}

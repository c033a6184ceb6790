import { setImmediate as turn } from 'node:timers/promises';

/** A look that takes longer holds up those who ask meanwhile no further: theirs begins beside it. */
const SLOW_MS = 10;
/** What arrives together in a busy moment is read over a few turns of the event loop; in a quiet one they take no time. */
const TURNS = 3;
/** Each takes a connection of a pool that others need, too. */
const MOST_UNDER_WAY = 3;
/** Looks that take longer may never end, their connections being lost unheard. */
const LOST_MS = 10_000;

interface Gathering<Question, Result> {
  readonly questions: Question[];
  readonly result: Promise<Result>;
}

/**
 * One look at the database for all who ask within a few turns of the event loop, or while the look before is under way. A look
 * begins after the last question that it answers was asked: what it finds is as fresh as what each would have found alone.
 * It fails for all who share it, and for nobody after them.
 */
export class SharedLook<Question, Result> {
  private gathering: Gathering<Question, Result> | null = null;
  private underWay = 0;
  /** Wakes the one who waits for a look to end: whoever gathers. */
  private ended: () => void = () => undefined;

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
    this.underWay += 1;
    try {
      return await this.look(questions);
    } finally {
      this.underWay -= 1;
      this.ended();
    }
  }

  private async itsTime(): Promise<void> {
    if (this.underWay > 0) await this.anyEnds();
    for (let count = 0; count < TURNS; count++) await turn();
  }

  /** Or takes so long that another may begin. */
  private anyEnds(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.underWay < MOST_UNDER_WAY ? SLOW_MS : LOST_MS);
      this.ended = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ReadModelQueries } from '#read-models';
import type { EncodedAnswer } from './encoded-answer.js';

/** In bytes of answers: some 7,000 threads of five claims. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** A larger answer would push out hundreds of others. */
const LARGEST_KEPT = 1024 * 1024;
/** What an answer takes beside its bytes and its key. */
const OVERHEAD = 500;

/** Null: there is none. */
type Answer = EncodedAnswer | null;

interface Known {
  readonly answer: EncodedAnswer;
  /** Of the read models, at which it is known to hold. */
  readonly generation: number;
}

interface Reading {
  readonly answer: Promise<Answer>;
  readonly generation: number;
}

/**
 * Answers made of read models alone, the same for whoever may have them, kept as they were sent. Each request asks whether
 * the read models are still of the generation at which the answer was found to hold, and takes it only then: it is as fresh
 * as one that is read anew.
 */
@Injectable()
export class KnownAnswers {
  private readonly known = new LRUCache<string, Known>({
    maxSize: KEPT_BYTES,
    maxEntrySize: LARGEST_KEPT,
    sizeCalculation: ({ answer }, key) => answer.bytes.length + key.length + OVERHEAD,
  });
  private readonly readings = new Map<string, Reading>();

  constructor(private readonly queries: ReadModelQueries) {}

  /** In bytes. */
  get size(): number {
    return this.known.calculatedSize;
  }

  /**
   * `read` finds the answer, or that the one known before holds still.
   * @throws what `read` does, for all who wait for the same
   */
  async of<Found extends Answer>(key: string, read: (before: Answer) => Promise<Found>): Promise<Found> {
    const generation = await this.queries.generation();
    const known = this.known.get(key);
    if (known?.generation === generation) return known.answer as Found;
    // One that began at this generation finds nothing that is older.
    const reading = this.readings.get(key);
    if (reading?.generation === generation) return reading.answer as Promise<Found>;
    return this.begin(key, generation, () => read(known?.answer ?? null));
  }

  private begin<Found extends Answer>(key: string, generation: number, read: () => Promise<Found>): Promise<Found> {
    const answer = this.read(key, generation, read);
    const reading = { generation, answer };
    this.readings.set(key, reading);
    const end = () => {
      if (this.readings.get(key) === reading) this.readings.delete(key);
    };
    answer.then(end, end);
    return answer;
  }

  private async read<Found extends Answer>(
    key: string,
    generation: number,
    read: () => Promise<Found>,
  ): Promise<Found> {
    const answer = await read();
    if (answer === null) this.known.delete(key);
    else this.known.set(key, { answer, generation });
    return answer;
  }
}

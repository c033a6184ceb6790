import { Injectable } from '@nestjs/common';
import type { ThreadId } from '#domain';
import { ReadModelQueries, SharedLook, type ThreadWithClaims } from '#read-models';
import { EncodedAnswer } from '../known-answers/encoded-answer.js';
import { KnownAnswers } from '../known-answers/known-answers.js';
import { etagOf } from '../preconditions/entity-tag.js';
import { claimDto, type ThreadDetailDto, threadDto } from './threads.views.js';

interface Question {
  readonly threadId: ThreadId;
  readonly before: EncodedAnswer | null;
}

type Found = ReadonlyMap<ThreadId, EncodedAnswer | null>;

/** Threads with their claims as they are now, each encoded once for as long as nothing about it changes. */
@Injectable()
export class ThreadAnswers {
  private readonly looks: SharedLook<Question, Found>;

  constructor(
    queries: ReadModelQueries,
    private readonly known: KnownAnswers,
  ) {
    this.looks = new SharedLook((questions) => lookAt(queries, questions));
  }

  /** Null: there is no such thread. */
  of(threadId: ThreadId): Promise<EncodedAnswer | null> {
    return this.known.of(`thread ${threadId}`, async (before) => {
      const found = await this.looks.ask({ threadId, before });
      return found.get(threadId) ?? null;
    });
  }
}

async function lookAt(queries: ReadModelQueries, questions: readonly Question[]): Promise<Found> {
  const found = new Map(questions.map(({ threadId, before }) => [threadId, before]));
  const known = [...found].map(([threadId, before]) => [threadId, before?.version ?? null] as const);
  for (const [threadId, thread] of await queries.threadsWithClaims(new Map(known))) {
    found.set(threadId, thread === null ? null : encoded(thread));
  }
  return found;
}

function encoded({ version, thread, claims }: ThreadWithClaims): EncodedAnswer {
  const detail: ThreadDetailDto = { ...threadDto(thread), claims: claims.map(claimDto) };
  return EncodedAnswer.of(detail, { etag: etagOf(thread.revision), version });
}

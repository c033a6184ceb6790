import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What another process of the bench answers. @throws when it ends before */
export async function ask<Answer>(asked: ChildProcess, question: object | string): Promise<Answer> {
  const listening = new AbortController();
  const { signal } = listening;
  const ended = once(asked, 'exit', { signal }).then(([code]) => {
    throw new Error(`A process of the bench has ended with ${code}.`);
  });
  const answered = once(asked, 'message', { signal }).then(([said]) => said as Answer);
  // Whichever does not happen is given up below.
  for (const promise of [ended, answered]) promise.catch(() => undefined);
  asked.send(question);
  try {
    return await Promise.race([answered, ended]);
  } finally {
    listening.abort();
  }
}

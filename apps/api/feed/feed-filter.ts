import type { FeedItem } from '#read-models';

/** What a client of the feed wants to hear. A list that is null narrows nothing; of one that is not, any item will do. */
export interface FeedFilter {
  readonly threads: readonly string[] | null;
  readonly desks: readonly string[] | null;
  readonly topics: readonly string[] | null;
  /** Every event, and not only changes of a status. */
  readonly withEvents: boolean;
}

export function passes({ threads, desks, topics, withEvents }: FeedFilter, { thread, changes }: FeedItem): boolean {
  if (changes.length === 0 && !withEvents) return false;
  if (threads === null && desks === null && topics === null) return true;
  return (
    thread !== null &&
    (threads === null || threads.includes(thread.threadId)) &&
    (desks === null || thread.desksConcerned.some((desk) => desks.includes(desk))) &&
    (topics === null || thread.topicsConcerned.some((topic) => topics.includes(topic)))
  );
}

/** The same for filters that let the same through. */
export function filterKey({ threads, desks, topics, withEvents }: FeedFilter): string {
  return JSON.stringify([threads?.toSorted(), desks?.toSorted(), topics?.toSorted(), withEvents]);
}

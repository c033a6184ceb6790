import { useQueries, useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import type { ReplayPage, ReplayStep, ThreadDetail } from '../api/types.js';
import type { MomentAsked, Standings, Stop } from './stops.js';

const PAGE = 200;

/** All events of the thread, each with what it changed. */
export function useReplay(thread: string) {
  return useQuery({
    queryKey: ['thread', thread, 'replay'],
    queryFn: async ({ signal }): Promise<readonly ReplayStep[]> => {
      const steps: ReplayStep[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query: { limit: number; cursor?: string } = { limit: PAGE, ...(cursor !== '' && { cursor }) };
        const page: ReplayPage | string = await answer(
          api.GET('/v1/threads/{thread}/replay', { params: { path: { thread }, query }, signal }),
        );
        if (typeof page === 'string') throw new Error('The replay was asked for as JSON and came as text.');
        steps.push(...page.items);
        cursor = page.next;
      }
      return steps;
    },
  });
}

/** The thread as it stood at a moment of its past, which never changes. */
export function useThreadThen(thread: string, moment: MomentAsked) {
  return useQuery({
    ...thenOptions(thread, moment),
    enabled: moment !== null,
    // Until the next moment is there, the last one is shown.
    placeholderData: (before: ThreadDetail | undefined) => before,
  });
}

/** How everything stood at each stop of what was said; null until all are known. */
export function useSaidStandings(thread: string, stops: readonly Stop[] | null): readonly Standings[] | null {
  return useQueries({
    queries: (stops ?? []).map(({ moment }) => thenOptions(thread, moment)),
    combine: (results) => {
      if (stops === null || results.some(({ data }) => data === undefined)) return null;
      return results.flatMap(({ data }) => (data === undefined ? [] : [standingsOf(data)]));
    },
  });
}

function thenOptions(thread: string, moment: MomentAsked) {
  return {
    // Not below `thread`: what is recorded now moves what was known then not at all, and what was said then perhaps.
    queryKey: [moment !== null && 'statedUntil' in moment ? 'thread' : 'thread-then', thread, 'then', moment],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      answer(api.GET('/v1/threads/{thread}', { params: { path: { thread }, query: moment ?? {} }, signal })),
    staleTime: Infinity,
  };
}

function standingsOf({ status, claims }: ThreadDetail): Standings {
  return { thread: status, claims: new Map(claims.map((claim) => [claim.claimId, claim.status])) };
}

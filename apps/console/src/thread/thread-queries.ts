import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import type { Attribution, AttributionPage } from '../api/types.js';
import { afterWritten } from '../api/written.js';
import type { MomentAsked } from '../replay/stops.js';

const PAGE = 200;

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
  readonly after?: string;
}

export function useThread(thread: string) {
  return useQuery({
    queryKey: ['thread', thread, 'now'],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/threads/{thread}', { params: { path: { thread }, query: afterWritten() }, signal })),
  });
}

/** All of them, by id, in the order of recording. */
export function useAttributions(thread: string) {
  return useQuery({
    queryKey: ['thread', thread, 'attributions'],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Attribution>> => {
      const all = new Map<string, Attribution>();
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query: PageQuery = { limit: PAGE, ...(cursor === '' ? afterWritten() : { cursor }) };
        const page: AttributionPage = await answer(
          api.GET('/v1/threads/{thread}/attributions', { params: { path: { thread }, query }, signal }),
        );
        for (const attribution of page.items) all.set(attribution.attributionId, attribution);
        cursor = page.next;
      }
      return all;
    },
  });
}

/** What would change the status of a claim: worked out by the API when somebody looks. */
export function useClaimDetail(thread: string, claim: string, moment: MomentAsked) {
  return useQuery({
    queryKey: ['thread', thread, 'claim', claim, moment],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/threads/{thread}/claims/{claim}', {
          params: { path: { thread, claim }, query: moment ?? afterWritten() },
          signal,
        }),
      ),
  });
}

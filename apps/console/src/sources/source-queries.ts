import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import type { Source } from '../api/types.js';
import { afterWritten } from '../api/written.js';

const OFFERED = 12;
/** As many as one request may name. */
const AT_ONCE = 200;

/** Sources with the words in their names. */
export function useSourceOffers(name: string, enabled: boolean) {
  return useQuery({
    queryKey: ['sources', 'offers', name],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/sources', {
          params: { query: { limit: OFFERED, ...(name !== '' && { name }), ...afterWritten() } },
          signal,
        }),
      ),
    select: ({ items }) => items,
    placeholderData: (before) => before,
    enabled,
  });
}

/** By id. A source that is not there yet, or any more, is left out. */
export function useSources(ids: Iterable<string>): ReadonlyMap<string, Source> {
  const wanted = [...new Set(ids)].sort();
  const { data } = useQuery({
    queryKey: ['sources', 'by-id', wanted],
    queryFn: async ({ signal }) => {
      const found: Source[] = [];
      for (let start = 0; start < wanted.length; start += AT_ONCE) {
        const id = wanted.slice(start, start + AT_ONCE);
        const query = { id, limit: AT_ONCE, ...afterWritten() };
        found.push(...(await answer(api.GET('/v1/sources', { params: { query }, signal }))).items);
      }
      return new Map(found.map((source) => [source.sourceId, source]));
    },
    enabled: wanted.length > 0,
    staleTime: 60_000,
    placeholderData: (before) => before,
  });
  return data ?? NONE;
}

const NONE: ReadonlyMap<string, Source> = new Map();

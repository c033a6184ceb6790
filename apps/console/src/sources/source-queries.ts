import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import type { Source, SourceKind } from '../api/types.js';
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

/** As the address of the list holds it; '' for any. */
export interface SourceFilter {
  readonly name: string;
  readonly kind: SourceKind | '';
  readonly group: string;
}

export function useSourceList({ name, kind, group }: SourceFilter) {
  return useInfiniteQuery({
    queryKey: ['sources', 'list', name, kind, group],
    queryFn: ({ pageParam, signal }) => {
      const asked = {
        ...(name !== '' && { name }),
        ...(kind !== '' && { kind: [kind] }),
        ...(group !== '' && { group }),
      };
      return answer(
        api.GET('/v1/sources', { params: { query: { ...asked, ...afterWritten(), ...pageParam } }, signal }),
      );
    },
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === null ? undefined : { cursor: next }),
    select: ({ pages }): readonly Source[] => pages.flatMap(({ items }) => items),
    placeholderData: (before) => before,
  });
}

/** By id or key. */
export function useSource(source: string) {
  return useQuery({
    queryKey: ['sources', 'one', source],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/sources/{source}', { params: { path: { source }, query: afterWritten() }, signal })),
  });
}

/** What became of what is registered, from a revision on, the first first. */
export function useSourceHistory(source: string, from = '0') {
  return useInfiniteQuery({
    queryKey: ['sources', 'history', source, from],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/v1/sources/{source}/history', {
          params: { path: { source }, query: { from, ...pageParam } },
          signal,
        }),
      ),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === null ? undefined : { cursor: next }),
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

const LONGEST_DAYS = 3_660;

/** What a source denied, and what of it others then confirmed; null where nothing is known. */
export function useTrackRecord(sourceId: string) {
  return useQuery({
    queryKey: ['sources', 'track-record', sourceId],
    queryFn: async ({ signal }) => {
      const since = new Date(Date.now() - (LONGEST_DAYS - 1) * 86_400_000);
      const query = { from: since.toISOString().slice(0, 10), interval: 'month' as const, ...afterWritten() };
      const report = await answer(api.GET('/v1/reports/denials', { params: { query }, signal }));
      if (typeof report === 'string') throw new Error('The report was asked for as JSON and came as text.');
      return report.rows.find(({ by, key }) => by === 'source' && key === sourceId) ?? null;
    },
  });
}

import type { ThreadId } from '#domain';

export interface SearchHit {
  readonly kind: 'thread' | 'claim' | 'attribution';
  readonly threadId: ThreadId;
  /** Of what was found. */
  readonly id: string;
  /** The words found, in « and ». */
  readonly snippet: string;
  readonly rank: number;
}

/**
 * Each text is indexed in the language of its thread, so the words asked for are read in each of these languages and
 * compared with the texts of that one only. A `tsquery` made row by row could not use the index. One language for each
 * dictionary of `read_models.text_config`; `und` stands for all that have none.
 */
const LANGUAGES = ['ar', 'da', 'de', 'en', 'es', 'fi', 'fr', 'it', 'nl', 'pt', 'ru', 'sv', 'tr', 'und'];

const asked = (words: string) => `
  SELECT read_models.text_config(language) AS config, websearch_to_tsquery(read_models.text_config(language), ${words}) AS words
  FROM unnest('{${LANGUAGES.join()}}'::text[]) AS language`;

const MATCHES = 'x.search @@ asked.words AND x.search_config = asked.config';
/** What a merge carried away is found in the thread that took it over. */
const NOT_MERGED = `NOT EXISTS (SELECT FROM read_models.thread_board m
  WHERE m.thread_id = x.thread_id AND m.lifecycle = 'merged')`;
const SNIPPET = 'StartSel=«, StopSel=», MaxFragments=1, MaxWords=24, MinWords=8';

const found = (kind: SearchHit['kind'], id: string, text: string, where = 'true') => `
  SELECT '${kind}' AS kind, x.thread_id, x.${id} AS id, x.${text} AS text, asked.config, asked.words,
    ts_rank(x.search, asked.words)::float8 AS rank
  FROM asked JOIN read_models.${kind === 'thread' ? 'thread_board' : kind} x ON ${MATCHES} WHERE ${where}`;

/** `$1` the words, `$2` how many. */
export const SEARCH = `
  WITH asked AS MATERIALIZED (${asked('$1')}),
  best AS (
    SELECT * FROM (
      ${found('thread', 'thread_id', 'headline')}
      UNION ALL ${found('claim', 'claim_id', 'statement', NOT_MERGED)}
      UNION ALL ${found('attribution', 'attribution_id', 'quote', NOT_MERGED)}
    ) hits ORDER BY rank DESC, kind, id, thread_id LIMIT $2)
  SELECT kind, thread_id AS "threadId", id, rank,
    ts_headline(config, coalesce(text, ''), words, '${SNIPPET}') AS snippet
  FROM best ORDER BY rank DESC, kind, id, thread_id`;

/** Threads with the words of `parameter` in their headline, their slug, or a statement or quote of theirs. */
export const threadsWith = (parameter: string): string => `
  SELECT found.thread_id FROM (${asked(parameter)}) asked CROSS JOIN LATERAL (
    ${['thread_board', 'claim', 'attribution']
      .map((table) => `SELECT x.thread_id FROM read_models.${table} x WHERE ${MATCHES}`)
      .join(' UNION ALL ')}
  ) found`;

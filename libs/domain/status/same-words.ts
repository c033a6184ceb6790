/** Shorter ones prove nothing: anybody may say "It is true". */
const WORDS_MIN = 8;

/**
 * A quote without what carriers change: case, accents of typography, punctuation, spacing. Null when it is too short to
 * tell whose words they are.
 */
export function comparableWords(quote: string | null): string | null {
  if (quote === null) return null;
  const words =
    quote
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length < WORDS_MIN ? null : words.join(' ');
}

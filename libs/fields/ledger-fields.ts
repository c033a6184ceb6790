import type { TextRules } from './text-kind.js';

/* How long and of what form the texts of the ledger are, wherever they come from. */

const WORDS = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

export const HEADLINE: TextRules = { max: 300 };
export const DESK: TextRules = { max: 60, pattern: WORDS, form: 'Must be lower-case words joined by dashes.' };
export const TOPIC: TextRules = { ...DESK };
export const TOPICS_MAX = 20;
export const STATEMENT: TextRules = { max: 1_000 };
export const VOUCHED_BY: TextRules = { max: 200 };
export const QUOTE: TextRules = { max: 5_000 };
export const NOTE: TextRules = { max: 2_000 };
export const REASON: TextRules = { max: 1_000 };
/** Conduits of one attribution. */
export const VIA_MAX = 10;
export const SOURCE_NAME: TextRules = { max: 200 };
export const SOURCE_GROUP: TextRules = {
  max: 120,
  pattern: /^[a-z0-9-]+(?::[a-z0-9.-]+)?$/,
  form: 'Must be lower-case words with dashes, such as government:ru.',
};

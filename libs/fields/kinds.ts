import type { Fault, FieldKind } from './field-kind.js';
import { canonicalText, type TextRules, textFaults, textKind } from './text-kind.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_ANY_CASE = new RegExp(UUID.source, 'i');
const LANGUAGE_MAX = 35;

const SLUG_RULES: TextRules = {
  max: 100,
  pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  form: 'Must be lower-case words joined by dashes.',
};
/** No space and nothing invisible, so that it fits in a path and on a screen. */
const KEY_RULES: TextRules = {
  max: 200,
  pattern: /^[^\s/\p{C}\p{Z}]+$/u,
  form: 'Must hold no space, slash or invisible character.',
};
const URL_RULES: TextRules = { max: 2_000, format: 'uri' };

/** An id, or the slug or key that stands for it. */
export const REFERENCE_RULES: TextRules = {
  ...KEY_RULES,
  form: 'Must be an id, or a slug or key without space or slash.',
};

/** Lower-case words with dashes, and no UUID: a path that could be either must have one meaning. */
export const slugKind: FieldKind = notAnId(textKind(SLUG_RULES));

/** A tool's own name for a thing: no space, no slash, and no UUID. */
export const keyKind: FieldKind = notAnId(textKind(KEY_RULES));

export const referenceKind: FieldKind = { ...textKind(REFERENCE_RULES), read: lowerCaseId };

export const identifierKind: FieldKind = {
  read: lowerCaseId,
  faults: (value) => {
    if (typeof value !== 'string') return [{ code: 'type', detail: 'Must be text.' }];
    return UUID.test(value) ? [] : [{ code: 'uuid', detail: 'Must be a UUID.' }];
  },
  schema: { type: 'string', minLength: 36, maxLength: 36, pattern: UUID.source, format: 'uuid' },
};

/** BCP 47, in its canonical spelling: `en`, `de-CH`, `zh-Hans`. */
export const languageKind: FieldKind = {
  read: (value) => canonicalLanguage(value) ?? value,
  faults: (value) =>
    canonicalLanguage(value) === null
      ? [{ code: 'language', detail: 'Must be a BCP 47 language tag such as en or de-CH.' }]
      : [],
  schema: { type: 'string', minLength: 2, maxLength: LANGUAGE_MAX },
};

/** http or https, without a password in it. */
export const webAddressKind: FieldKind = {
  ...textKind(URL_RULES),
  faults: (value) => {
    const faults = textFaults(value, URL_RULES);
    if (faults.length > 0 || isWebAddress(value)) return faults;
    return [{ code: 'url', detail: 'Must be an http or https address, without user name or password.' }];
  },
};

export const flagKind: FieldKind = {
  faults: (value) => (typeof value === 'boolean' ? [] : [{ code: 'type', detail: 'Must be true or false.' }]),
  isExact: true,
  schema: { type: 'boolean' },
};

export function choiceFaults(value: unknown, values: readonly string[]): readonly Fault[] {
  if (typeof value === 'string' && values.includes(value)) return [];
  return [{ code: 'choice', detail: `Must be one of ${values.join(', ')}.` }];
}

export function lowerCaseId(value: unknown): unknown {
  const text = canonicalText(value);
  return typeof text === 'string' && UUID_ANY_CASE.test(text) ? text.toLowerCase() : text;
}

function notAnId(kind: FieldKind): FieldKind {
  const faults = (value: unknown) =>
    typeof value === 'string' && UUID_ANY_CASE.test(value)
      ? [{ code: 'looks_like_id', detail: 'Must not have the form of a UUID.' }]
      : kind.faults(value);
  return { ...kind, faults };
}

function canonicalLanguage(value: unknown): string | null {
  const text = canonicalText(value);
  if (typeof text !== 'string' || text.length > LANGUAGE_MAX) return null;
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}

function isWebAddress(value: unknown): boolean {
  if (typeof value !== 'string' || /\s/.test(value)) return false;
  const address = parsed(value);
  if (address === null) return false;
  const { protocol, hostname, username, password } = address;
  return /^https?:$/.test(protocol) && hostname !== '' && username === '' && password === '';
}

function parsed(value: string): URL | null {
  try {
    return new URL(value);
  } catch {
    return null;
  }
}

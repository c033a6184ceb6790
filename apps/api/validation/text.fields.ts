import { Field, type FieldOptions } from './field.js';
import { canonicalText, type TextRules, textFaults, textKind } from './text-kind.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_ANY_CASE = new RegExp(UUID.source, 'i');
const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** No space and nothing invisible, so that it fits in a path and on a screen. */
const KEY = /^[^\s/\p{C}\p{Z}]+$/u;
const SLUG_MAX = 100;
const KEY_MAX = 200;

/** Trimmed, composed (NFC), well-formed, not blank, without control characters but line feed and tab. */
export function Text(options: TextRules & FieldOptions): PropertyDecorator {
  return Field(textKind(options), options);
}

/** Lower-case words with dashes, and no UUID: a path that could be either must have one meaning. */
export function Slug(options: FieldOptions = {}): PropertyDecorator {
  const kind = textKind({ max: SLUG_MAX, pattern: SLUG, form: 'Must be lower-case words joined by dashes.' });
  return Field({ ...kind, faults: notAnId(kind.faults) }, options);
}

/** A tool's own name for a thing: no space, no slash, and no UUID. */
export function ExternalKey(options: FieldOptions = {}): PropertyDecorator {
  const kind = textKind({ max: KEY_MAX, pattern: KEY, form: 'Must hold no space, slash or invisible character.' });
  return Field({ ...kind, faults: notAnId(kind.faults) }, options);
}

export function Identifier(options: FieldOptions = {}): PropertyDecorator {
  const kind = textKind({ min: 36, max: 36, pattern: UUID, form: 'Must be a UUID.', format: 'uuid' });
  return Field(
    {
      ...kind,
      read: lowerCaseId,
      faults: (value) =>
        typeof value === 'string' && !UUID.test(value)
          ? [{ code: 'uuid', detail: 'Must be a UUID.' }]
          : kind.faults(value),
    },
    options,
  );
}

/** An id, or the slug or key that stands for it. */
export function IdentifierOrKey(options: FieldOptions = {}): PropertyDecorator {
  const kind = textKind({
    max: KEY_MAX,
    pattern: KEY,
    form: 'Must be an id, or a slug or key without space or slash.',
  });
  return Field({ ...kind, read: lowerCaseId }, options);
}

/** Each an id, or the slug or key that stands for it. */
export const REFERENCE_RULES: TextRules = {
  max: KEY_MAX,
  pattern: KEY,
  form: 'Must be an id, or a slug or key without space or slash.',
};

/** BCP 47, in its canonical spelling: `en`, `de-CH`, `zh-Hans`. */
export function LanguageTag(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    {
      read: (value) => canonicalLanguage(value) ?? value,
      faults: (value) =>
        canonicalLanguage(value) === null
          ? [{ code: 'language', detail: 'Must be a BCP 47 language tag such as en or de-CH.' }]
          : [],
      schema: { type: 'string', minLength: 2, maxLength: LANGUAGE_MAX },
    },
    options,
  );
}
const LANGUAGE_MAX = 35;

/** http or https, without a password in it. */
export function WebAddress(options: FieldOptions = {}): PropertyDecorator {
  const rules: TextRules = { max: 2_000, format: 'uri' };
  const kind = textKind(rules);
  return Field(
    {
      ...kind,
      faults: (value) => {
        const faults = textFaults(value, rules);
        if (faults.length > 0 || isWebAddress(value)) return faults;
        return [{ code: 'url', detail: 'Must be an http or https address, without user name or password.' }];
      },
    },
    options,
  );
}

export function lowerCaseId(value: unknown): unknown {
  const text = canonicalText(value);
  return typeof text === 'string' && UUID_ANY_CASE.test(text) ? text.toLowerCase() : text;
}

function notAnId(faults: ReturnType<typeof textKind>['faults']): ReturnType<typeof textKind>['faults'] {
  return (value) =>
    typeof value === 'string' && UUID_ANY_CASE.test(value)
      ? [{ code: 'looks_like_id', detail: 'Must not have the form of a UUID.' }]
      : faults(value);
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
  if (typeof value !== 'string' || /\s/.test(value) || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && hostname !== '' && username === '' && password === '';
}

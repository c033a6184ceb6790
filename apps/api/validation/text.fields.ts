import {
  identifierKind,
  keyKind,
  languageKind,
  referenceKind,
  slugKind,
  type TextRules,
  textKind,
  webAddressKind,
} from '#fields';
import { Field, type FieldOptions } from './field.js';

/** Trimmed, composed (NFC), well-formed, not blank, without control characters but line feed and tab. */
export function Text(options: TextRules & FieldOptions): PropertyDecorator {
  return Field(textKind(options), options);
}

/** Lower-case words with dashes, and no UUID. */
export function Slug(options: FieldOptions = {}): PropertyDecorator {
  return Field(slugKind, options);
}

/** A tool's own name for a thing: no space, no slash, and no UUID. */
export function ExternalKey(options: FieldOptions = {}): PropertyDecorator {
  return Field(keyKind, options);
}

export function Identifier(options: FieldOptions = {}): PropertyDecorator {
  return Field(identifierKind, options);
}

/** An id, or the slug or key that stands for it. */
export function IdentifierOrKey(options: FieldOptions = {}): PropertyDecorator {
  return Field(referenceKind, options);
}

/** BCP 47, in its canonical spelling: `en`, `de-CH`, `zh-Hans`. */
export function LanguageTag(options: FieldOptions = {}): PropertyDecorator {
  return Field(languageKind, options);
}

/** http or https, without a password in it. */
export function WebAddress(options: FieldOptions = {}): PropertyDecorator {
  return Field(webAddressKind, options);
}

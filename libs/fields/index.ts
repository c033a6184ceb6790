export * from './field-kind.js';
export * from './kinds.js';
export * from './ledger-fields.js';
export { type MomentRules, momentKind } from './moment-kind.js';
export { canonicalText, type TextRules, textFaults, textKind } from './text-kind.js';

import type { AdmiraltyRating, SourceId } from '../vocabulary.js';
import type { SourceDetails } from './source.events.js';

type Command<Type extends string, Fields> = { readonly type: Type } & Fields;

export type RegisterSource = Command<
  'RegisterSource',
  { readonly sourceId: SourceId; readonly key: string | null; readonly details: SourceDetails }
>;
/** Fields left out stay as they are. */
export type ReviseSource = Command<
  'ReviseSource',
  { readonly changes: Partial<SourceDetails>; readonly reason: string | null }
>;
export type RateSource = Command<'RateSource', { readonly rating: AdmiraltyRating; readonly reason: string }>;
export type SealSource = Command<
  'SealSource',
  { readonly label: string; readonly commitment: string | null; readonly reason: string }
>;
export type EraseSourceIdentity = Command<'EraseSourceIdentity', { readonly reason: string }>;

export type SourceCommand = RegisterSource | ReviseSource | RateSource | SealSource | EraseSourceIdentity;

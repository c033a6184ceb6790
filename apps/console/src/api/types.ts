import type { components } from './schema.js';

type Schemas = components['schemas'];

export type Problem = Schemas['ProblemDto'];
export type Session = Schemas['SessionDto'];
export type Thread = Schemas['ThreadDto'];
export type ThreadDetail = Schemas['ThreadDetailDto'];
export type Claim = Schemas['ClaimDto'];
export type Attribution = Schemas['AttributionDto'];
export type AttributionPage = Schemas['AttributionPageDto'];
export type Source = Schemas['SourceDto'];
export type ThreadStatus = Schemas['ThreadStatus'];
export type ClaimStatus = Schemas['ClaimStatus'];
export type Stance = Schemas['Stance'];
export type Lifecycle = Schemas['Lifecycle'];
export type ReplayStep = Schemas['ReplayStepDto'];
export type ReplayPage = Schemas['ReplayPageDto'];
export type FeedItem = Schemas['FeedItemDto'];
export type ThreadPage = Schemas['ThreadPageDto'];
export type Role = Schemas['Role'];
export type AttributionRequest = Schemas['AttributionRequest'];
export type SourceKind = Schemas['SourceKind'];
export type Receipt = Schemas['ReceiptDto'];

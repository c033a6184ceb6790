import type { components, operations } from './schema.js';

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
export type SourceReceipt = Schemas['SourceReceiptDto'];
export type Rating = Schemas['AdmiraltyRating'];
export type Receipt = Schemas['ReceiptDto'];
export type EventReceipt = Schemas['EventReceiptDto'];
export type ApiKey = Schemas['KeyDto'];
export type Readiness = Schemas['ReadinessDto'];
export type ImportBatch = Schemas['ImportDto'];
export type ImportDetails = Schemas['ImportDetailsDto'];
export type ImportMapping = operations['imports_create']['parameters']['query']['mapping'];
export type RowOutcome = Schemas['RowOutcome'];
export type ReportInterval = Schemas['ReportInterval'];
export type Durations = Schemas['DurationsDto'];
/** What the rows of all reports have in common. */
export type ReportRow = Pick<Schemas['RefusalsRowDto'], 'by' | 'key' | 'label' | 'cases'> & {
  readonly small?: boolean;
};
export type Publication = Schemas['PublicationDto'];
export type Downgrade = Schemas['DowngradeDto'];
export type Projection = Schemas['ProjectionDto'];
export type ParkedEvent = Schemas['ParkedEventDto'];
export type Rebuild = Schemas['RebuildDto'];
export type Unparking = Schemas['UnparkingDto'];
export type Preview = Schemas['PreviewDto'];

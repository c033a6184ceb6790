import { CLAIM_STATUSES, type ClaimStatus, LIFECYCLES, STANCES, type Stance, THREAD_STATUSES } from '#domain';
import { DESK, HEADLINE, NOTE, QUOTE, REASON, STATEMENT, TOPIC, TOPICS_MAX, VIA_MAX, VOUCHED_BY } from '#fields';
import { PageQuery } from '../paging/page-query.js';
import {
  type AsOfQuery,
  AsOfRevisionParameter,
  RecordedUntilParameter,
  StatedUntilParameter,
} from '../replay/as-of.js';
import { Moment } from '../validation/moment.js';
import { ChoicesParameter } from '../validation/parameter.fields.js';
import { ExternalKey, IdentifierOrKey, LanguageTag, Slug, Text, WebAddress } from '../validation/text.fields.js';
import { Choice, Flag, IdentifierOrKeyList, Nested, TextList } from '../validation/value.fields.js';

const WHY = { ...REASON, description: 'Why: it stands in the record for good.' };

export class ClaimRequest {
  @ExternalKey({ optional: true, nullable: true, description: 'Your own key, unique in the thread.', example: 'visit' })
  key?: string | null;

  @Text({
    ...STATEMENT,
    description: 'One checkable statement.',
    example: 'Kim Jong Un will visit Russia for talks with Vladimir Putin',
  })
  statement!: string;

  @Flag({ optional: true, description: 'Core claims decide the status of the thread. True when left out.' })
  core?: boolean;

  @IdentifierOrKeyList({
    optional: true,
    maxItems: 50,
    description: 'Sources that are parties or authorities for the claim, by id or key.',
    example: ['kcna', 'kremlin', 'peskov'],
  })
  standing?: string[];
}

export class AttributionRequest {
  @IdentifierOrKey({ description: 'The claim, by id or key.', example: 'visit' })
  claim!: string;

  @ExternalKey({
    optional: true,
    nullable: true,
    description: 'Your own key, unique in the thread: posting it twice adds nothing.',
    example: 'tass-11-sep',
  })
  key?: string | null;

  @Choice(STANCES, { enumName: 'Stance', example: 'confirm' })
  stance!: Stance;

  @IdentifierOrKey({
    optional: true,
    nullable: true,
    description: 'Who is being quoted, by id or key; null or left out when nobody knows.',
    example: 'kremlin',
  })
  source?: string | null;

  @IdentifierOrKeyList({
    optional: true,
    maxItems: VIA_MAX,
    description: 'Who carried the words to us, nearest to the speaker first.',
    example: ['tass'],
  })
  via?: string[];

  @Flag({ optional: true, description: 'The speaker lets itself be named. True when left out.' })
  onRecord?: boolean;

  @Text({
    ...VOUCHED_BY,
    optional: true,
    nullable: true,
    description: 'Of an unnamed speaker: the editor who knows the identity and its direct knowledge.',
  })
  vouchedBy?: string | null;

  @Flag({ optional: true, description: 'The words hedge: "possible", "likely". False when left out.' })
  tentative?: boolean;

  @Flag({
    optional: true,
    nullable: true,
    description: 'Is the speaker a party or authority here? As the claim lists it when left out.',
  })
  standing?: boolean | null;

  @Moment({ description: 'When it was said.', example: '2023-09-11T10:30:00Z' })
  statedAt!: string;

  @Text({ ...QUOTE, optional: true, nullable: true, description: 'The words themselves.' })
  quote?: string | null;

  @WebAddress({ optional: true, nullable: true })
  url?: string | null;

  @Text({ ...NOTE, optional: true, nullable: true, description: 'Ours, not the speaker’s.' })
  note?: string | null;
}

export class OpenThreadRequest {
  @Slug({ description: 'Unique; addresses the thread for ever.', example: 'kim-putin-visit' })
  slug!: string;

  @Text({ ...HEADLINE, example: 'Kim Jong Un expected in Russia for talks with Putin' })
  headline!: string;

  @Text({ ...DESK, example: 'asia' })
  desk!: string;

  @TextList({ optional: true, maxItems: TOPICS_MAX, each: TOPIC, example: ['north-korea', 'russia'] })
  topics?: string[];

  @LanguageTag({ optional: true, description: 'BCP 47; en when left out.', example: 'en' })
  language?: string;

  @Nested(() => ClaimRequest, { array: true, optional: true, maxItems: 100 })
  claims?: ClaimRequest[];

  @Nested(() => AttributionRequest, {
    array: true,
    optional: true,
    maxItems: 200,
    description: 'May name claims of this request by their keys.',
  })
  attributions?: AttributionRequest[];
}

export class ReviseThreadRequest {
  @Slug({ optional: true })
  slug?: string;

  @Text({ ...HEADLINE, optional: true, example: 'Kim Jong Un arrives in Russia for talks with Putin' })
  headline?: string;

  @Text({ ...DESK, optional: true })
  desk?: string;

  @TextList({ optional: true, maxItems: TOPICS_MAX, each: TOPIC })
  topics?: string[];

  @LanguageTag({ optional: true })
  language?: string;
}

export class ReasonRequest {
  @Text({ ...WHY, example: 'Entered twice by mistake.' })
  reason!: string;
}

export class RewordClaimRequest extends ReasonRequest {
  @Text({
    ...STATEMENT,
    optional: true,
    example: 'Kim Jong Un will visit Russia in September for talks with Vladimir Putin',
  })
  statement?: string;

  @Flag({ optional: true })
  core?: boolean;

  @IdentifierOrKeyList({ optional: true, maxItems: 50 })
  standing?: string[];
}

class TakeBackRequest {
  @IdentifierOrKey({ description: 'The speaker or carrier that takes it back, by id or key.', example: 'tass' })
  takenBackBy!: string;

  @Moment({ description: 'When it took it back.', example: '2023-09-12T08:00:00Z' })
  statedAt!: string;
}

export class RetractionRequest extends TakeBackRequest {
  @Text({ ...WHY, example: 'The agency killed its story.' })
  reason!: string;
}

export class CorrectionRequest extends RetractionRequest {
  @Nested(() => AttributionRequest, { description: 'What counts instead.' })
  replacement!: AttributionRequest;
}

/** While a correction is being written, nobody has said why yet. */
export class CorrectionPreviewRequest extends TakeBackRequest {
  @Nested(() => AttributionRequest, { description: 'What would count instead.' })
  replacement!: AttributionRequest;

  @Text({ ...REASON, optional: true, nullable: true, description: 'It moves no status.' })
  reason?: string | null;
}

export class RulingRequest extends ReasonRequest {
  @Choice(CLAIM_STATUSES, { enumName: 'ClaimStatus', example: 'confirmed' })
  status!: ClaimStatus;
}

export class ExclusiveSetRequest {
  @IdentifierOrKeyList({
    minItems: 2,
    maxItems: 50,
    description: 'Claims that cannot all be true, by id or key.',
    example: ['visit', 'called-off'],
  })
  claims!: string[];
}

export class MergeRequest extends ReasonRequest {
  @IdentifierOrKey({ description: 'The thread that stays, by id or slug.', example: 'kim-in-russia' })
  into!: string;
}

export class ThreadPath {
  @IdentifierOrKey({ description: 'Id or slug, also an earlier slug.', example: 'kim-putin-visit' })
  thread!: string;
}

export class ClaimPath extends ThreadPath {
  @IdentifierOrKey({ description: 'Id or key.', example: 'visit' })
  claim!: string;
}

export class AttributionPath extends ThreadPath {
  @IdentifierOrKey({ description: 'Id or key.', example: 'tass-11-sep' })
  attribution!: string;
}

export class BoardQuery extends PageQuery {
  @Text({
    max: 200,
    optional: true,
    description: 'Words, "a phrase", or, -without: of headline, slug, claims, quotes.',
  })
  q?: string;

  @ChoicesParameter(THREAD_STATUSES, { optional: true, enumName: 'ThreadStatus' })
  status?: (typeof THREAD_STATUSES)[number][];

  @ChoicesParameter(LIFECYCLES, { optional: true, enumName: 'Lifecycle' })
  lifecycle?: (typeof LIFECYCLES)[number][];

  @Text({ ...DESK, optional: true })
  desk?: string;

  @Text({ ...TOPIC, optional: true })
  topic?: string;

  @IdentifierOrKey({ optional: true, description: 'Threads in which this source spoke, by id or key.' })
  source?: string;

  @Moment({ optional: true })
  changedSince?: string;

  @Moment({ optional: true })
  changedUntil?: string;

  @Moment({ optional: true, description: 'The board as it was known then.' })
  recordedUntil?: string;

  @Moment({ optional: true, description: 'The board with only what had been said by then.' })
  statedUntil?: string;
}

export class AttributionQuery extends PageQuery implements AsOfQuery {
  @RecordedUntilParameter()
  recordedUntil?: string;

  @StatedUntilParameter()
  statedUntil?: string;

  @AsOfRevisionParameter()
  revision?: string;

  @IdentifierOrKey({ optional: true, description: 'By id or key.' })
  claim?: string;

  @ChoicesParameter(STANCES, { optional: true, enumName: 'Stance' })
  stance?: Stance[];
}

import { REASON } from '#fields';
import { PageQuery } from '../paging/page-query.js';
import { RevisionParameter } from '../replay/moments.js';
import { ThreadPath } from '../threads/threads.requests.js';
import { Moment } from '../validation/moment.js';
import { ChoicesParameter } from '../validation/parameter.fields.js';
import { Identifier, IdentifierOrKey, Text } from '../validation/text.fields.js';
import { Choice, IdentifierOrKeyList } from '../validation/value.fields.js';

const PIECE = { max: 2_000 } as const;
const STATES = ['standing', 'superseded', 'withdrawn'] as const;

export class PublicationRequest {
  @Text({
    ...PIECE,
    description: 'The piece: its address, or the CMS’s own id.',
    example: 'https://news.example/2023/09/kim-in-russia',
  })
  piece!: string;

  @Text({ max: 300, optional: true, nullable: true, example: 'Kim Jong Un heads for Russia' })
  title?: string | null;

  @Moment({ description: 'When it went out.', example: '2023-09-11T12:05:00Z' })
  publishedAt!: string;

  @RevisionParameter({
    optional: true,
    description: 'The revision of the thread that the piece was made from; as it stands now when left out.',
  })
  revision?: string;

  @IdentifierOrKeyList({
    optional: true,
    maxItems: 100,
    description:
      'The claims that it rests on, by id or key; when left out, the core claims that stood as confirmed or corroborated.',
  })
  claims?: string[];
}

export class WithdrawalRequest {
  @Text({
    ...REASON,
    description: 'Why: it stands in the record for good.',
    example: 'The denial came after deadline.',
  })
  reason!: string;
}

export class PublicationPath {
  @Identifier({ description: 'Of the publication.', example: '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' })
  publication!: string;
}

export class ThreadPublicationPath extends ThreadPath {
  @Identifier({ description: 'Of the publication.', example: '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' })
  publication!: string;
}

export class ThreadPublicationsQuery extends PageQuery {
  @ChoicesParameter(STATES, { optional: true, enumName: 'PublicationState' })
  state?: (typeof STATES)[number][];
}

export class PublicationsQuery extends ThreadPublicationsQuery {
  @Text({ ...PIECE, optional: true, description: 'All publications of one piece.' })
  piece?: string;

  @Text({ max: 60, optional: true })
  desk?: string;
}

export class DowngradesQuery extends PageQuery {
  @Choice(['fallen', 'risen'], {
    optional: true,
    description: '`fallen`: still weaker than before it fell; `risen`: as firm again.',
  })
  now?: 'fallen' | 'risen';

  @IdentifierOrKey({ optional: true, description: 'Of one thread, by id or slug.' })
  thread?: string;

  @Text({ max: 60, optional: true })
  desk?: string;
}

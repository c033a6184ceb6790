import { PageQuery } from '../paging/page-query.js';
import { Moment } from '../validation/moment.js';
import { Choice } from '../validation/value.fields.js';
import { RevisionOrMomentParameter } from './moments.js';

export class ReplayQuery extends PageQuery {
  @RevisionOrMomentParameter({
    optional: true,
    description: 'The first step: a revision, or a time from which on events were recorded.',
    example: '0',
  })
  from?: string;

  @RevisionOrMomentParameter({
    optional: true,
    description: 'The last step: a revision, or a time until which events were recorded.',
  })
  to?: string;

  @Choice(['all', 'only'], {
    optional: true,
    description: '`only`: leave out events after which everything stands as before.',
  })
  changes?: 'all' | 'only';

  @Choice(['json', 'csv'], {
    optional: true,
    description: 'Goes before the Accept header. CSV without `limit` holds the whole range.',
  })
  format?: 'json' | 'csv';
}

export class DiffQuery {
  @RevisionOrMomentParameter({
    description: 'The first view: a revision, or a time until which events were recorded.',
    example: '8',
  })
  from!: string;

  @RevisionOrMomentParameter({ optional: true, description: 'The second view; now when left out.' })
  to?: string;

  @Moment({ optional: true, description: 'Of the first view: only what had been said by then.' })
  statedFrom?: string;

  @Moment({ optional: true, description: 'Of the second view: only what had been said by then.' })
  statedTo?: string;
}

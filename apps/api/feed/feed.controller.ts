import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Threads } from '#application';
import { DESK, TOPIC } from '#fields';
import { includesRole } from '#operations';
import { Requires } from '../auth/access.js';
import { callingKey } from '../auth/current-actor.js';
import { requestContext } from '../http/request-context.js';
import { ApiError } from '../problems/api-error.js';
import { FlagParameter, IdentifiersOrKeysParameter, TextsParameter } from '../validation/parameter.fields.js';
import { Text } from '../validation/text.fields.js';
import { FeedItemDto } from './feed.views.js';
import type { FeedFilter } from './feed-filter.js';
import { LiveFeed } from './live-feed.js';

const POSITION = /^(?:-1|\d{1,39})$/;
const FORM = 'Must be the id of a message of this feed, or a position that a write answered with.';
const FILTERS_MAX = 50;
const REPEAT = 'Repeat it for several.';

/** Whole newsrooms at a glance, with notes and who vouches for whom: not for every reader. */
const EVENTS_ROLE = 'editor';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Nobody in between may keep it, pack it or wait for more of it.
  'cache-control': 'private, no-cache, no-transform',
  'x-accel-buffering': 'no',
};

export class FeedQuery {
  @Text({
    max: 39,
    optional: true,
    pattern: POSITION,
    form: FORM,
    description: 'Begin after this position; -1 stands before the first event. Now, when left out.',
  })
  after?: string;

  @IdentifiersOrKeysParameter({
    optional: true,
    maxItems: FILTERS_MAX,
    description: `Only this thread, by id or slug. ${REPEAT}`,
  })
  thread?: string[];

  @TextsParameter({ each: DESK, optional: true, maxItems: FILTERS_MAX, description: `Only this desk. ${REPEAT}` })
  desk?: string[];

  @TextsParameter({ each: TOPIC, optional: true, maxItems: FILTERS_MAX, description: `Only this topic. ${REPEAT}` })
  topic?: string[];

  @FlagParameter({
    optional: true,
    description: `Every event, of sources too, with its data. Needs the role ${EVENTS_ROLE}. False when left out.`,
  })
  events?: boolean;
}

@ApiTags('Live feed')
@ApiExtraModels(FeedItemDto)
@Controller('v1/feed')
export class FeedController {
  constructor(
    private readonly feed: LiveFeed,
    private readonly threads: Threads,
  ) {}

  @Get()
  @Requires('reader')
  @ApiOperation({
    summary: 'What happens, as it happens: server-sent events',
    description:
      'One message for each event that changed a status, named `status`; with `events=true` also one for each other event, named `event`. ' +
      'What a message tells of can be read at once. Filters of one kind widen, of several kinds narrow. ' +
      'After a cut send the last id as Last-Event-ID, and nothing is lost or comes twice.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last message that you have; goes before `after`.',
    schema: { type: 'string', pattern: POSITION.source },
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    description: 'The `data` of each message is JSON of this schema.',
    content: { 'text/event-stream': { schema: { $ref: getSchemaPath(FeedItemDto) } } },
  })
  async listen(@Query() query: FeedQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { keyId, role } = callingKey(request);
    if (query.events === true && !includesRole(role, EVENTS_ROLE)) {
      throw new ApiError('role_too_low', `events=true needs a key of role ${EVENTS_ROLE}; this key has role ${role}.`);
    }
    const after = lastEventId(request) ?? query.after;
    const filter = await this.filterOf(query);
    const sessionToken = requestContext(request).session?.token ?? null;
    // A HEAD request is answered by the same handler, and waits for nothing.
    const body =
      request.method === 'HEAD'
        ? Readable.from([])
        : await this.feed.open({ keyId, sessionToken, filter, after: after === undefined ? null : BigInt(after) });
    // A client that has gone before its answer begins reads nothing, and would be kept for ever.
    reply.raw.once('close', () => body.destroy());
    reply.headers(HEADERS);
    await reply.send(body);
  }

  private async filterOf({ thread, desk, topic, events = false }: FeedQuery): Promise<FeedFilter> {
    const threads = thread && (await Promise.all(thread.map((one) => this.threads.idOf(one))));
    return { threads: threads ?? null, desks: desk ?? null, topics: topic ?? null, withEvents: events };
  }
}

function lastEventId({ headers }: FastifyRequest): string | undefined {
  const header = headers['last-event-id'];
  // What a browser sends when no message had an id yet.
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && POSITION.test(header)) return header;
  throw new ApiError('invalid_header', `Last-Event-ID: ${FORM}`);
}

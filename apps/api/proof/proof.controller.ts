import { Controller, Get, Header, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type EventReceipt, Proof } from '#proof';
import { Requires } from '../auth/access.js';
import { type PageOf, pageOf } from '../paging/page.js';
import { PageQuery, pageRequest } from '../paging/page-query.js';
import { ApiError } from '../problems/api-error.js';
import {
  CheckpointDto,
  CheckpointPageDto,
  ConsistencyDto,
  ConsistencyQuery,
  checkpointDto,
  EventPath,
  EventReceiptDto,
  InclusionDto,
  InclusionQuery,
  PublicKeysDto,
  publicKeyDto,
} from './proof.dto.js';

/** How long a receipt is waited for that was asked for by itself. */
const WAIT_MS = 2_000;

@ApiTags('Proof')
@Controller('v1')
export class ProofController {
  constructor(private readonly proof: Proof) {}

  @Get('proof/checkpoint')
  @Requires('reader')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'The latest signed checkpoint, as a C2SP signed note' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  async latest(): Promise<string> {
    const latest = await this.proof.checkpoints.latest();
    if (latest === null) throw new ApiError('checkpoint_not_found', 'Nothing has been signed yet.');
    return latest.note;
  }

  @Get('proof/checkpoints')
  @Requires('reader')
  @ApiOperation({ summary: 'All signed checkpoints, the newest first' })
  @ApiOkResponse({ type: CheckpointPageDto })
  async list(@Query() query: PageQuery): Promise<PageOf<CheckpointDto>> {
    const { limit, cursor } = pageRequest(query);
    const rows = await this.proof.checkpoints.list(limit + 1, idOf(cursor));
    const items = rows.slice(0, limit);
    const next = rows.length > limit ? [String(items.at(-1)?.id)] : null;
    return pageOf({ items, next }, checkpointDto);
  }

  @Post('proof/checkpoints')
  @Requires('admin')
  @ApiOperation({ summary: 'Sign the log as it is now; the latest checkpoint if nothing has come since' })
  @ApiCreatedResponse({ type: CheckpointDto })
  async sign(): Promise<CheckpointDto> {
    return checkpointDto(await this.proof.signer.sign());
  }

  @Get('proof/keys')
  @Requires('reader')
  @ApiOperation({ summary: 'The public keys that checkpoints are or were signed with' })
  @ApiOkResponse({ type: PublicKeysDto })
  async keys(): Promise<PublicKeysDto> {
    return { items: (await this.proof.checkpoints.keys()).map(publicKeyDto) };
  }

  @Get('proof/inclusion')
  @Requires('reader')
  @ApiOperation({ summary: 'Proof that an event is in the log of a size' })
  @ApiOkResponse({ type: InclusionDto })
  async inclusion(@Query() { event, size: asked }: InclusionQuery): Promise<InclusionDto> {
    const { tree } = this.proof;
    const now = await tree.size();
    const [leaf] = await tree.leavesOf([event]);
    if (leaf === undefined) throw noSuchEvent(event);
    const size = asked ?? now;
    requireRange('size', size, leaf.index + 1, now);
    const [path, root] = await Promise.all([tree.inclusion(leaf.index, size), tree.root(size)]);
    const { eventId, index: leafIndex, hash } = leaf;
    return {
      eventId,
      leafIndex,
      size,
      leafHash: hash.toString('base64'),
      root: root.toString('base64'),
      proof: texts(path),
    };
  }

  @Get('proof/consistency')
  @Requires('reader')
  @ApiOperation({ summary: 'Proof that the log of one size begins with the log of a smaller one' })
  @ApiOkResponse({ type: ConsistencyDto })
  async consistency(@Query() { from, to: asked }: ConsistencyQuery): Promise<ConsistencyDto> {
    const { tree } = this.proof;
    const now = await tree.size();
    const to = asked ?? now;
    requireRange('to', to, 0, now);
    requireRange('from', from, 0, to);
    const [path, fromRoot, toRoot] = await Promise.all([tree.consistency(from, to), tree.root(from), tree.root(to)]);
    return { from, to, fromRoot: fromRoot.toString('base64'), toRoot: toRoot.toString('base64'), proof: texts(path) };
  }

  @Get('events/:event/receipt')
  @Requires('reader')
  @ApiOperation({ summary: 'A signed receipt of an event, which proves by itself that it is in the log' })
  @ApiOkResponse({ type: EventReceiptDto })
  async receipt(@Param() { event }: EventPath): Promise<EventReceipt> {
    const result = await this.proof.receipts.of([event], WAIT_MS);
    const receipt = result.outcome === 'given' ? result.receipts[0] : undefined;
    if (receipt !== undefined) return receipt;
    if (result.outcome === 'unknown') throw noSuchEvent(event);
    throw new ApiError('receipt_pending', 'No checkpoint with this event has been signed yet.');
  }
}

function texts(hashes: readonly Buffer[]): string[] {
  return hashes.map((hash) => hash.toString('base64'));
}

function idOf(cursor: readonly string[] | null): bigint | null {
  if (cursor === null) return null;
  const [, id] = /^(\d{1,18})$/.exec(cursor[0] ?? '') ?? [];
  if (id === undefined) throw new ApiError('invalid_cursor', 'Use the `next` of the page before, unchanged.');
  return BigInt(id);
}

/** The bounds depend on how large the tree is, so that no field rule can say them. */
function requireRange(parameter: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  const detail = `Must be ${least} to ${most}, as the log is now.`;
  throw new ApiError('invalid_request', 'One parameter is wrong.', { errors: [{ parameter, code: 'range', detail }] });
}

function noSuchEvent(event: string): ApiError {
  return new ApiError('event_not_found', `No event of the log has the id ${event}. GET the events of a thread.`);
}

import { LRUCache } from 'lru-cache';
import {
  type CommandContext,
  derivedId,
  type RegisterSourceInput,
  type Sources,
  type ThreadReceipt,
  type Threads,
} from '#application';
import { type Instant, Refusal, type ThreadDetails } from '#domain';
import type { RowFault } from '../failure.js';
import type { MappedRow } from '../mapping/map-row.js';

/** What became of one row. */
export type RowOutcome =
  | ({ readonly outcome: 'taken' } & RowTrace)
  | { readonly outcome: 'duplicate'; readonly threadId: string | null }
  | { readonly outcome: 'refused'; readonly faults: readonly RowFault[] };

/** What a row left in the ledger. */
export interface RowTrace {
  readonly threadId: string | null;
  readonly claimId: string | null;
  readonly attributionId: string | null;
  readonly openedThread: boolean;
}

export interface WriterOptions {
  readonly threads: Threads;
  readonly sources: Sources;
  readonly batchId: string;
  readonly actor: CommandContext['actor'];
  readonly now: () => Instant;
}

const NOTHING: RowTrace = { threadId: null, claimId: null, attributionId: null, openedThread: false };
const REMEMBERED = 50_000;

/**
 * Writes mapped rows through the same commands as the API. Every id comes from the batch and the number of the row, so
 * that a row done again after a crash is found done; what an earlier batch has taken is found by its keys.
 */
export class RowWriter {
  private readonly registered = new LRUCache<string, Promise<boolean>>({ max: REMEMBERED });
  private readonly threadIds = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(private readonly options: WriterOptions) {}

  async write(row: MappedRow, rowNumber: number): Promise<RowOutcome> {
    const context = this.contextOf(`row/${rowNumber}`);
    try {
      const isNewSource = await this.register(row.sources, rowNumber);
      if (row.thread !== null) return await this.writeThread(row, row.thread.slug, row.thread.details, context);
      return isNewSource ? { outcome: 'taken', ...NOTHING } : { outcome: 'duplicate', threadId: null };
    } catch (error) {
      if (error instanceof Refusal) return { outcome: 'refused', faults: [faultOf(error)] };
      throw error;
    }
  }

  /** True when this row has registered one of them. */
  private async register(sources: readonly RegisterSourceInput[], rowNumber: number): Promise<boolean> {
    let isNew = false;
    for (const [index, source] of sources.entries()) {
      const known = JSON.stringify(source);
      const before = this.registered.get(known);
      const registration = before ?? this.registerOne(source, `row/${rowNumber}/source/${index}`);
      if (before === undefined) {
        this.registered.set(known, registration);
        registration.catch(() => this.registered.delete(known));
      }
      const mine = await registration;
      isNew ||= mine && before === undefined;
    }
    return isNew;
  }

  private async registerOne(source: RegisterSourceInput, label: string): Promise<boolean> {
    const context = this.contextOf(label);
    const { sourceId } = await this.options.sources.register(source, context);
    return sourceId === derivedId(context.commandId, 'source');
  }

  private async writeThread(
    row: MappedRow,
    slug: string,
    details: ThreadDetails | null,
    context: CommandContext,
  ): Promise<RowOutcome> {
    const { threads } = this.options;
    const own = derivedId(context.commandId, 'thread');
    const threadId = this.threadIds.get(slug) ?? (await threads.find(slug));
    if (details !== null && (threadId === null || threadId === own)) return this.open(row, details, context);
    if (threadId === null) throw unknownThread(slug);
    try {
      return await this.extend(row, threadId, context);
    } catch (error) {
      // The slug was reserved by somebody who was cut off before the thread was opened.
      const isCutOff = error instanceof Refusal && error.code === 'thread_not_found' && details !== null;
      if (isCutOff) return this.open(row, details, context);
      throw error;
    }
  }

  private async open(row: MappedRow, details: ThreadDetails, context: CommandContext): Promise<RowOutcome> {
    const { claim, attribution } = row;
    if (claim !== null && claim.opening === null) throw unknownClaim(claim.key);
    const { threadId } = await this.options.threads.open(
      {
        ...details,
        claims: claim?.opening == null ? [] : [claim.opening],
        attributions: attribution === null ? [] : [attribution],
      },
      context,
    );
    this.threadIds.set(details.slug, threadId);
    return {
      outcome: 'taken',
      threadId,
      claimId: claim === null ? null : derivedId(context.commandId, 'claim/0'),
      attributionId: attribution === null ? null : derivedId(context.commandId, 'attribution/0'),
      openedThread: threadId === derivedId(context.commandId, 'thread'),
    };
  }

  /** Adds to a thread that is there. */
  private async extend({ claim, attribution }: MappedRow, threadId: string, context: CommandContext) {
    const { threads } = this.options;
    if (attribution !== null) {
      const receipt = await threads.record(threadId, attribution, context, { opening: claim?.opening ?? null });
      return this.outcomeOf(receipt, receipt.attributionId === derivedId(context.commandId, 'attribution'));
    }
    if (claim?.opening != null) {
      const receipt = await threads.openClaim(threadId, claim.opening, context);
      return this.outcomeOf(receipt, receipt.claimId === derivedId(context.commandId, 'claim'));
    }
    if ((await threads.current(threadId)) === null) throw unknownThread(threadId);
    return { outcome: 'duplicate', threadId } as const;
  }

  private outcomeOf({ threadId, claimId, attributionId }: ThreadReceipt, isOwn: boolean): RowOutcome {
    if (!isOwn) return { outcome: 'duplicate', threadId };
    return { outcome: 'taken', threadId, claimId, attributionId, openedThread: false };
  }

  private contextOf(label: string): CommandContext {
    const { batchId, actor, now } = this.options;
    return { commandId: derivedId(batchId, label), actor, correlationId: batchId, batchId, now: now() };
  }
}

function faultOf({ code, message, field }: Refusal): RowFault {
  return {
    field: field === undefined ? null : field.replace(/^\//, '').replaceAll('/', '.'),
    column: null,
    code,
    reason: message,
  };
}

function unknownThread(slug: string): Refusal {
  return new Refusal(
    'thread_not_found',
    `No thread has the slug "${slug}", and the row has no headline to open one.`,
    '/thread/slug',
  );
}

function unknownClaim(key: string): Refusal {
  return new Refusal(
    'claim_not_found',
    `The thread is new, and the row has no statement to open its claim "${key}".`,
    '/claim/key',
  );
}

import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventStore } from '#event-store';
import { Proof } from '#proof';
import type { WithEventReceipts } from './proof.dto.js';

const WAIT_MS = 2_000;
const LONGEST_WAIT_S = 10;
/** Receipts in one answer; of more events it says where to get them. */
const MOST_RECEIPTS = 50;

/** What of a write's answer says which events it recorded. */
interface Recorded {
  readonly threadId?: string;
  readonly sourceId?: string;
  readonly revision: string;
  /** Null: nothing was recorded now. */
  readonly position: string | null;
}

/** `Prefer: receipt` (RFC 7240), with `wait=SECONDS` if you like: the answer of a write brings proof of its events. */
@Injectable()
export class ReceiptStep {
  constructor(
    private readonly proof: Proof,
    private readonly store: EventStore,
  ) {}

  /** How long to wait for the receipts, in milliseconds; null: none are asked for. */
  wanted(request: FastifyRequest): number | null {
    return request.method === 'GET' || request.headers.prefer === undefined ? null : preferredWait(request);
  }

  async add({ id }: FastifyRequest, reply: FastifyReply, body: unknown, waitMs: number): Promise<unknown> {
    if (!isRecorded(body) || body.position === null) return body;
    const receipts = await this.receiptsOf(await this.eventsOf(body, id), waitMs);
    reply.header('preference-applied', 'receipt');
    return { ...body, ...receipts };
  }

  private async receiptsOf(ids: readonly string[], waitMs: number): Promise<WithEventReceipts> {
    const at = (id: string) => `/v1/events/${id}/receipt`;
    const [now, later] = [ids.slice(0, MOST_RECEIPTS), ids.slice(MOST_RECEIPTS)];
    try {
      const result = await this.proof.receipts.of(now, waitMs);
      if (result.outcome !== 'given') return { eventReceiptsAt: ids.map(at) };
      return { eventReceipts: [...result.receipts], ...(later.length > 0 && { eventReceiptsAt: later.map(at) }) };
    } catch {
      // The command has been carried out, and its answer must go out; the receipt's own address says what is wrong.
      return { eventReceiptsAt: ids.map(at) };
    }
  }

  /** Of this request, in the stream that the answer is about: they end where the answer says that the stream is. */
  private async eventsOf(
    { threadId, sourceId, revision }: Recorded,
    correlationId: string,
  ): Promise<readonly string[]> {
    const stream = threadId !== undefined ? `thread-${threadId}` : `source-${sourceId}`;
    const ids: string[] = [];
    const range = { direction: 'backward', from: BigInt(revision) } as const;
    for await (const event of this.store.readRawStream(stream, range)) {
      if (event.context.correlationId !== correlationId) break;
      ids.push(event.id);
    }
    return ids.reverse();
  }
}

/** Milliseconds; null: no receipt is asked for. */
function preferredWait({ headers }: FastifyRequest): number | null {
  const preferences = [headers.prefer ?? []].flat().flatMap((line) => line.split(',').map((part) => part.trim()));
  if (!preferences.some((part) => /^receipt$/i.test(part))) return null;
  const [, seconds] = preferences.map((part) => /^wait=(\d{1,5})$/i.exec(part)).find((match) => match !== null) ?? [];
  return seconds === undefined ? WAIT_MS : Math.min(Number(seconds), LONGEST_WAIT_S) * 1_000;
}

function isRecorded(body: unknown): body is Recorded {
  if (typeof body !== 'object' || body === null || !('revision' in body) || !('position' in body)) return false;
  return 'threadId' in body || 'sourceId' in body;
}

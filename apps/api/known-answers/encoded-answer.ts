import type { FastifyReply } from 'fastify';
import { LinkedPage } from '../paging/page.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer as it goes out, which may go out more than once. */
export class EncodedAnswer {
  private constructor(
    /** JSON in UTF-8. */
    readonly bytes: Buffer,
    /** Null: it has none. */
    readonly etag: string | null,
    /** Of the rows that it shows, for whoever reads them; null where they have none. */
    readonly version: string | null,
    /** Of a page, the cursor of the next one. */
    readonly next: string | null,
  ) {}

  static of(
    body: unknown,
    { etag = null, version = null }: { readonly etag?: string | null; readonly version?: string | null } = {},
  ): EncodedAnswer {
    const next = body instanceof LinkedPage ? body.next : null;
    return new EncodedAnswer(Buffer.from(JSON.stringify(body), 'utf8'), etag, version, next);
  }
}

/** It is to be sent as it is, marked as what it is. */
export function sendEncoded(reply: FastifyReply, { etag }: EncodedAnswer): void {
  reply.header('content-type', JSON_TYPE).serializer(bytesOf);
  if (etag !== null) reply.header('etag', etag);
}

/** Fastify sends bytes as well as text; its types know only of text. */
const bytesOf = (({ bytes }: EncodedAnswer) => bytes) as (answer: unknown) => never;

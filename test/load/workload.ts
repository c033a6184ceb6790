import type { NewEvent } from '#event-store';
import { newId } from '#platform';

export const WRITERS = 128;
const STREAMS_A_WRITER = 50;

/** The streams of one writer, which nobody else appends to, taken in turn. */
export class WriterStreams {
  private readonly streams = Array.from({ length: STREAMS_A_WRITER }, () => ({
    name: `thread-${newId()}`,
    /** Of the last event; -1 before the first. */
    revision: -1n,
  }));
  private turn = 0;

  next(): { readonly name: string; revision: bigint } {
    const stream = this.streams[this.turn++ % STREAMS_A_WRITER];
    if (stream === undefined) throw new Error('A writer has streams.');
    return stream;
  }
}

/** An attribution as newsroom tools report them: about 700 bytes of data. */
export function attribution(): NewEvent {
  const id = newId();
  const source = (group: string) => ({ sourceId: id, kind: 'official', group, trustedConduit: true }) as const;
  return {
    id,
    event: {
      type: 'ClaimReported',
      data: {
        attributionId: id,
        claimId: id,
        key: `wire-${id}`,
        speaker: source('government:kr'),
        via: [source('agency:yonhap'), source('agency:reuters')],
        onRecord: false,
        vouchedBy: null,
        tentative: true,
        standing: false,
        statedAt: '2023-09-11T08:12:00.000Z',
        quote: 'A train presumed to be carrying the North Korean leader has left Pyongyang, a senior official said.',
        url: 'https://example.org/wire/2023/09/11/kim-russia',
        note: null,
      },
    },
    context: {
      actor: { id: `key:${id}`, name: 'Wire desk' },
      correlationId: id,
      causationId: id,
      batchId: null,
    },
  };
}

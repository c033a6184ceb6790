import { createParser, type EventSourceParser } from 'eventsource-parser';

export interface HeardMessage {
  readonly id: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: what tests look into
  readonly data: any;
}

interface Listening {
  /** Such as `?desk=asia`. */
  readonly query?: string;
  readonly lastEventId?: string;
  /** Cuts the connection in the midst of whatever comes then. */
  readonly cutAfterBytes?: number;
}

/** With a key, or as a browser in which somebody is signed in. */
export type ListenOptions = Listening & ({ readonly secret: string } | { readonly cookie: string });

/** A client of the feed, by a parser that others wrote. */
export class FeedListener {
  readonly messages: HeardMessage[] = [];
  readonly comments: string[] = [];
  retryMs: number | null = null;
  /** As a browser would send it. */
  lastEventId: string;
  /** Resolves when the stream is over: `ended` by the server, or `cut`. */
  readonly over: Promise<'ended' | 'cut'>;
  private readonly parser: EventSourceParser;
  private rest = '';

  private constructor(
    readonly response: Response,
    private readonly cutting: AbortController,
    private readonly options: ListenOptions,
  ) {
    this.lastEventId = options.lastEventId ?? '';
    this.parser = createParser({
      onEvent: ({ id = '', event: name = 'message', data }) => {
        this.messages.push({ id, name, data: JSON.parse(data) });
      },
      onComment: (comment) => this.comments.push(comment),
      onRetry: (ms) => {
        this.retryMs = ms;
      },
    });
    this.over = this.listen();
  }

  /** @throws Error when the answer is not 200 */
  static async connect(url: string, options: ListenOptions): Promise<FeedListener> {
    const headers = {
      ...('secret' in options ? { authorization: `Bearer ${options.secret}` } : { cookie: options.cookie }),
      ...(options.lastEventId !== undefined && { 'last-event-id': options.lastEventId }),
    };
    const cutting = new AbortController();
    const response = await fetch(`${url}/v1/feed${options.query ?? ''}`, { headers, signal: cutting.signal });
    if (response.status !== 200) throw new Error(`The feed answered ${response.status}: ${await response.text()}`);
    return new FeedListener(response, cutting, options);
  }

  cut(): void {
    this.cutting.abort();
  }

  private async listen(): Promise<'ended' | 'cut'> {
    if (this.response.body === null) throw new Error('The answer has no body.');
    const decoder = new TextDecoder();
    let left = this.options.cutAfterBytes ?? Number.POSITIVE_INFINITY;
    try {
      for await (const chunk of this.response.body) {
        const bytes = (chunk as Uint8Array).subarray(0, left);
        left -= bytes.length;
        this.take(decoder.decode(bytes, { stream: true }));
        if (left <= 0) this.cut();
      }
      return 'ended';
    } catch (error) {
      if (this.cutting.signal.aborted) return 'cut';
      throw error;
    }
  }

  /** The parser tells no id that comes without data, but a browser keeps it. */
  private take(text: string): void {
    const blocks = `${this.rest}${text}`.split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      this.parser.feed(`${block}\n\n`);
      const id = /^id: (.*)$/m.exec(block)?.[1];
      if (id !== undefined) this.lastEventId = id;
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Position, Revision } from '#event-store';
import { SeededEvents } from '#event-store/testing';
import type { Outcome, Read, Try, Write } from './history.js';

const CALL_MS = 8_000;
const PAUSE_MS = 10;
/** As tools do whose server is down: at once would only burn the time that it needs to come back. */
const PAUSE_WITHOUT_ANSWER_MS = 100;
const TRIES = 3;
/** So many of the latest threads are written to: few enough that clients meet. */
const BUSY_THREADS = 5;
const STANCES = { report: 'ClaimReported', confirm: 'ClaimConfirmed', deny: 'ClaimDenied' } as const;
export const SOURCES = ['agency', 'ministry', 'paper'];

interface Thread {
  readonly threadId: string;
  /** A write to it was answered with this. */
  position: Position;
}

/** What the clients of one history share. */
export interface Newsdesk {
  /** Where the API answers; more than one, and any may be down. */
  readonly apis: () => readonly string[];
  readonly secret: string;
  readonly threads: Thread[];
  /** Counts every beginning and end of a request. */
  steps: number;
  acknowledged: number;
}

interface Request {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

interface PendingWrite {
  readonly request: Request;
  readonly thread: Thread | null;
  readonly tries: Try[];
}

interface Receipt {
  readonly threadId: string;
  readonly changed: boolean;
  readonly revision: string;
  readonly position: string | null;
}

/** Works at the newsdesk's threads as a tool does, and writes down every request with what became of it. */
export class HistoryClient {
  readonly writes: Write[] = [];
  readonly reads: Read[] = [];
  private readonly chance: SeededEvents;
  /** Under an Idempotency-Key, and nobody knows whether they are done. */
  private pending: PendingWrite[] = [];
  private made = 0;

  constructor(
    private readonly name: string,
    seed: number,
    private readonly desk: Newsdesk,
  ) {
    this.chance = new SeededEvents(seed);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const thread = this.desk.threads.at(-1 - this.chance.number(Math.min(BUSY_THREADS, this.desk.threads.length)));
      const act = this.chance.number(10);
      if (thread === undefined || act === 0) await this.open();
      else if (act < 6) await this.record(thread);
      else if (act < 8) await this.revise(thread);
      else await this.read(thread, thread.position);
      await delay(PAUSE_MS);
    }
  }

  /** Asks once more under the same keys what became of what it does not know. */
  async askAgain(): Promise<void> {
    for (const write of this.pending) {
      const outcome = await this.try(write);
      if (outcome.kind !== 'unknown') this.pending = this.pending.filter((other) => other !== write);
    }
  }

  private async open(): Promise<void> {
    const mark = this.mark();
    const headline = `Opened as ${mark}, ${this.words()}`.slice(0, 300).trim();
    const statement = `${mark} is so`;
    const body = { slug: mark, headline, desk: 'faults', claims: [{ key: 'claim', statement }] };
    const contents = [`ThreadOpened ${mark} ${headline}`, `ClaimOpened ${statement}`];
    await this.write({ mark, contents, builtOn: null, method: 'POST', path: '/v1/threads', body, thread: null });
  }

  private async record(thread: Thread): Promise<void> {
    const mark = this.mark();
    const stance = (['report', 'confirm', 'deny'] as const)[this.chance.number(3)] ?? 'report';
    const quote = this.words();
    const source = SOURCES[this.chance.number(SOURCES.length)];
    const body = { claim: 'claim', stance, source, statedAt: '2026-01-01T00:00:00.000Z', quote, note: mark };
    const contents = [`${STANCES[stance]} ${mark} ${quote}`];
    const path = `/v1/threads/${thread.threadId}/attributions`;
    await this.write({ mark, contents, builtOn: null, method: 'POST', path, body, thread });
  }

  /** A decision that rests on what was read: only if nothing has changed since. */
  private async revise(thread: Thread): Promise<void> {
    const builtOn = await this.read(thread, thread.position);
    if (builtOn === null || builtOn < 0n) return;
    const mark = this.mark();
    const headline = `${mark} ${this.words()}`.slice(0, 300).trim();
    const contents = [`ThreadRevised ${headline}`];
    const path = `/v1/threads/${thread.threadId}`;
    await this.write({ mark, contents, builtOn, method: 'PATCH', path, body: { headline }, thread });
  }

  /** What it was shown; null when it was not answered. */
  private async read({ threadId }: Thread, after: Position): Promise<Revision | null> {
    const answer = await this.send('GET', `/v1/threads/${threadId}?after=${after}`);
    if (answer === null || (answer.status !== 200 && answer.status !== 404)) return null;
    const shown = answer.status === 404 ? -1n : BigInt((answer.body as Receipt).revision);
    this.reads.push({ client: this.name, stream: `thread-${threadId}`, after, shown });
    return shown;
  }

  private async write(
    what: Pick<Write, 'mark' | 'contents' | 'builtOn'> & Omit<Request, 'headers'> & { readonly thread: Thread | null },
  ): Promise<void> {
    const { mark, contents, builtOn, thread, ...request } = what;
    const keyed = this.chance.number(2) === 0;
    const headers = {
      ...(keyed && { 'idempotency-key': mark }),
      ...(builtOn !== null && { 'if-match': `"${builtOn}"` }),
    };
    const tries: Try[] = [];
    const pending = { request: { ...request, headers }, thread, tries };
    this.writes.push({ client: this.name, mark, contents, builtOn, tries });
    for (let n = 0; n < (keyed ? TRIES : 1); n++) {
      const outcome = await this.try(pending);
      if (outcome.kind !== 'unknown') return;
      await delay(PAUSE_WITHOUT_ANSWER_MS);
    }
    if (keyed) this.pending.push(pending);
  }

  private async try({ request, thread, tries }: PendingWrite): Promise<Outcome> {
    const begun = this.desk.steps++;
    const answer = await this.send(request.method, request.path, request);
    const outcome = outcomeOf(answer);
    tries.push({ begun, ended: this.desk.steps++, outcome });
    if (answer !== null && outcome.kind === 'acknowledged') {
      this.desk.acknowledged += 1;
      const { threadId, position } = answer.body as Receipt;
      const known = thread ?? { threadId, position: -1n };
      if (position !== null && BigInt(position) > known.position) known.position = BigInt(position);
      if (thread === null && known.position >= 0n) this.desk.threads.push(known);
    }
    return outcome;
  }

  /** Null: no whole answer came. */
  private async send(
    method: string,
    path: string,
    { body, headers = {} }: Partial<Request> = {},
  ): Promise<{ readonly status: number; readonly body: unknown } | null> {
    const apis = this.desk.apis();
    try {
      const answer = await fetch(`${apis[this.chance.number(apis.length)]}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.desk.secret}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(CALL_MS),
      });
      return { status: answer.status, body: await answer.json() };
    } catch {
      return null;
    }
  }

  private mark(): string {
    return `${this.name}-${this.made++}`;
  }

  /** Of any length, so that a connection cut at any byte is cut in the middle of something. */
  private words(): string {
    return `„Wörter“ ${'und noch mehr '.repeat(this.chance.number(60))}${this.chance.number(1_000_000)}`;
  }
}

/** Codes of refusals that leave open what became of an earlier try, or that say nothing of the request itself. */
const SAYS_NOTHING = new Set(['idempotency_in_flight', 'request_timeout', 'too_many_requests']);

function outcomeOf(answer: { readonly status: number; readonly body: unknown } | null): Outcome {
  if (answer === null) return { kind: 'unknown', why: 'no answer' };
  if (answer.status < 300) {
    const { threadId, changed, revision, position } = answer.body as Receipt;
    const at = changed && position !== null ? { revision: BigInt(revision), position: BigInt(position) } : null;
    return { kind: 'acknowledged', stream: `thread-${threadId}`, at };
  }
  const { code } = answer.body as { readonly code: string };
  return answer.status >= 500 || SAYS_NOTHING.has(code) ? { kind: 'unknown', why: code } : { kind: 'refused', code };
}

import { Agent, type IncomingMessage, request } from 'node:http';
import type { FuzzRequest } from './fuzz-request.js';

export interface FuzzAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** No request may take longer: the longest wait that one can ask for is 10 s. */
const HANG_MS = 25_000;

/** Sends what any client library would refuse to send, as far as it can be said in HTTP at all. */
export class FuzzClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(private readonly port: number) {}

  /** @throws Error when there is no answer, or none in time */
  async send({ operation, target, headers, body }: FuzzRequest, secret: string | null): Promise<FuzzAnswer> {
    const own: [string, string][] = [
      ...(secret === null ? [] : [['authorization', `Bearer ${secret}`] as [string, string]]),
      ...(body === null ? [] : [['content-length', String(body.length)] as [string, string]]),
    ];
    return new Promise((resolve, reject) => {
      const out = request({
        agent: this.agent,
        host: '127.0.0.1',
        port: this.port,
        method: operation.method,
        path: target,
        headers: [...own, ...headers, ['host', '127.0.0.1']].flat(),
        timeout: HANG_MS,
      });
      out.once('timeout', () => out.destroy(new Error(`No answer in ${HANG_MS} ms.`)));
      out.once('error', reject);
      out.once('response', (answer) => take(answer).then(resolve, reject));
      out.end(body ?? undefined);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

async function take(answer: IncomingMessage): Promise<FuzzAnswer> {
  const { statusCode: status = 0, headers } = answer;
  const type = headers['content-type'] ?? '';
  if (type.startsWith('text/event-stream')) {
    // The feed has no end: that it begins is the answer.
    answer.destroy();
    return { status, type, body: Buffer.alloc(0) };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status, type, body: Buffer.concat(chunks) };
}

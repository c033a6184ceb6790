import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** What the clients of the feed bench heard. */
export interface ClientsReport {
  /** Messages of each client. */
  readonly counts: readonly number[];
  /** Messages whose id was not above the one before. */
  readonly outOfOrder: number;
  readonly reconnects: number;
  /** From recording to hearing, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

type Order =
  | { readonly url: string; readonly secret: string; readonly queries: readonly string[] }
  | { readonly until: string };

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const latencies: number[] = [];
let outOfOrder = 0;
let reconnects = 0;

class Client {
  count = 0;
  lastId = -1n;
  isConnected = false;
  private rest = '';

  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  connect(): void {
    const lastEventId = this.lastId < 0n ? {} : { 'last-event-id': this.lastId.toString() };
    const headers = { authorization: `Bearer ${this.secret}`, ...lastEventId };
    get(this.url, { agent, headers }, (response) => {
      if (response.statusCode !== 200) throw new Error(`The feed answered ${response.statusCode}.`);
      response.setEncoding('utf8');
      response.on('data', (text: string) => this.take(text));
      response.once('end', () => {
        reconnects += 1;
        this.rest = '';
        this.connect();
      });
    }).on('error', (error) => {
      throw error;
    });
  }

  /** Only what is measured is read: others read the messages whole. */
  private take(text: string): void {
    const now = Date.now();
    const blocks = `${this.rest}${text}`.split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const id = BigInt(/^id: (\d+)$/m.exec(block)?.[1] ?? this.lastId);
      if (block.includes('\nevent: ')) {
        this.count += 1;
        if (id <= this.lastId) outOfOrder += 1;
        latencies.push(now - Date.parse(/"recordedAt":"([^"]*)"/.exec(block)?.[1] ?? ''));
      }
      this.lastId = id;
      this.isConnected = true;
    }
  }
}

let clients: readonly Client[] = [];

process.on('message', (order: Order) => {
  void carryOut(order).then((answer) => process.send?.(answer));
});

async function carryOut(order: Order): Promise<object> {
  if ('queries' in order) {
    clients = order.queries.map((query) => new Client(`${order.url}/v1/feed${query}`, order.secret));
    for (const client of clients) client.connect();
    while (!clients.every(({ isConnected }) => isConnected)) await delay(20);
    return { connected: clients.length };
  }
  const until = BigInt(order.until);
  while (!clients.every(({ lastId }) => lastId >= until)) await delay(20);
  latencies.sort((a, b) => a - b);
  const quantile = (part: number) => latencies[Math.floor(latencies.length * part)] ?? Number.NaN;
  const counts = clients.map(({ count }) => count);
  return { counts, outOfOrder, reconnects, p50: quantile(0.5), p99: quantile(0.99) } satisfies ClientsReport;
}

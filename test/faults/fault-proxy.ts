import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export type Weather =
  | { readonly kind: 'fair' }
  /** Each connection, those there and new ones, ends after so many bytes more, wherever in a message that is. */
  | { readonly kind: 'cutting'; readonly bytes: () => number }
  /** Each piece of data, either way, comes so much later. */
  | { readonly kind: 'slow'; readonly ms: () => number };

const FAIR: Weather = { kind: 'fair' };
const PIECE = 16 * 1024;

/** A network between two processes of one machine: it hands bytes on, knows nothing of what they say, and fails. */
export class FaultProxy {
  private weather: Weather = FAIR;
  private readonly links = new Set<Link>();
  /** Connections that were cut. */
  cuts = 0;

  private constructor(
    readonly port: number,
    private readonly server: Server,
    private targetPort: number,
  ) {}

  static async before(targetPort: number): Promise<FaultProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new FaultProxy((server.address() as AddressInfo).port, server, targetPort);
    server.on('connection', (client) => proxy.join(client));
    return proxy;
  }

  /** For connections that come: what stood there before has been started anew elsewhere. */
  leadTo(port: number): void {
    this.targetPort = port;
  }

  turn(weather: Weather): void {
    this.weather = weather;
    for (const link of this.links) link.left = bytesLeft(weather);
  }

  clear(): void {
    this.turn(FAIR);
  }

  async close(): Promise<void> {
    for (const link of this.links) link.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const server = connect(this.targetPort, '127.0.0.1');
    const link: Link = {
      left: bytesLeft(this.weather),
      cut() {
        // Without a farewell, as a machine goes that is switched off.
        client.resetAndDestroy();
        server.resetAndDestroy();
      },
    };
    this.links.add(link);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true);
      // Without a socket to talk to there is nobody to tell of it.
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.links.delete(link);
        to.destroy();
      });
      void this.carry(from, to, link).catch(() => link.cut());
    }
  }

  private async carry(from: Socket, to: Socket, link: Link): Promise<void> {
    for await (const chunk of from) {
      for (let at = 0; at < (chunk as Buffer).length; at += PIECE) {
        const piece = (chunk as Buffer).subarray(at, at + PIECE);
        if (this.weather.kind === 'slow') await delay(this.weather.ms());
        if (piece.length > link.left) {
          this.cuts += 1;
          to.write(piece.subarray(0, link.left), () => link.cut());
          return;
        }
        link.left -= piece.length;
        if (!to.write(piece)) await once(to, 'drain');
      }
    }
    to.end();
  }
}

interface Link {
  /** Bytes, both ways together, until it is cut. */
  left: number;
  cut(): void;
}

function bytesLeft(weather: Weather): number {
  return weather.kind === 'cutting' ? weather.bytes() : Number.POSITIVE_INFINITY;
}

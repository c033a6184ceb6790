import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A PostgreSQL message of type DataRow: the first bytes of a statement's answer. */
const DATA_ROW = 'D'.charCodeAt(0);

/**
 * Stands between a client and its database (or event store), and fails as networks do. A specimen for forced faults: what it does
 * happens at a known byte, not after a time.
 */
export class DatabaseProxy {
  private readonly sockets = new Set<Socket>();
  private fault: 'none' | 'cut' | 'swallow' = 'none';
  /** Answers that were cut or swallowed. */
  faults = 0;

  private constructor(
    readonly url: string,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async before(databaseUrl: string): Promise<DatabaseProxy> {
    const target = new URL(databaseUrl);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(databaseUrl);
    url.port = `${(server.address() as AddressInfo).port}`;
    const proxy = new DatabaseProxy(url.href, server);
    server.on('connection', (client) => proxy.join(client, connect(Number(target.port), target.hostname)));
    return proxy;
  }

  /** The next answer that holds a row is lost with its connection: what was asked has been done. */
  cutNextAnswer(): void {
    this.fault = 'cut';
  }

  /** The next answer that holds a row never comes, and the connection says nothing any more. */
  swallowNextAnswer(): void {
    this.fault = 'swallow';
  }

  /** The connections there are say nothing any more, and hear nothing; new ones are as they should be. */
  freezeAll(): void {
    for (const socket of this.sockets) socket.pause();
  }

  cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutAll();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket, database: Socket): void {
    let silent = false;
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => database.write(bytes));
    database.on('data', (bytes) => {
      if (silent) return;
      if (this.fault === 'none' || !holdsRow(bytes)) {
        client.write(bytes);
        return;
      }
      this.faults += 1;
      if (this.fault === 'cut') client.destroy();
      else silent = true;
      this.fault = 'none';
    });
  }
}

/** Each message: its type in one byte, then its length in four, which counts itself. */
function holdsRow(bytes: Buffer): boolean {
  for (let at = 0; at + 5 <= bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
    if (bytes[at] === DATA_ROW) return true;
  }
  return false;
}

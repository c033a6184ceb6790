import { setTimeout as delay } from 'node:timers/promises';
import { KurrentDbServer } from './kurrentdb-server.js';

const NODES = 3;
const FORM_MS = 120_000;
/** Several times the default: on a machine that is slow at the moment, elections would overlap. */
const PATIENCE = [
  ...['--leader-election-timeout-ms', '4000', '--gossip-timeout-ms', '5000'],
  ...['--replication-heartbeat-timeout', '4000', '--replication-heartbeat-interval', '1000'],
];

interface Member {
  readonly state: string;
  readonly isAlive: boolean;
  readonly httpEndPointPort: number;
}

/**
 * Three real servers on loopback that hold one log. They are supervised, as everywhere: a node that was cut off may have
 * to end, and drops what was never agreed on at its next start.
 */
export class KurrentDbCluster {
  private stopping = false;
  private readonly supervised: Promise<void>[] = [];

  private constructor(private readonly nodes: readonly KurrentDbServer[]) {}

  static async start(): Promise<KurrentDbCluster> {
    const nodes: KurrentDbServer[] = [];
    for (let n = 0; n < NODES; n++) nodes.push(await KurrentDbServer.create());
    const cluster = new KurrentDbCluster(nodes);
    for (const node of nodes) cluster.supervised.push(cluster.supervise(node));
    await cluster.whole();
    return cluster;
  }

  get url(): string {
    return `kurrentdb://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join()}?tls=false`;
  }

  /** Until one leads and the others follow it. */
  async whole(): Promise<void> {
    const giveUpAt = Date.now() + FORM_MS;
    for (;;) {
      const states = (await this.members()).filter(({ isAlive }) => isAlive).map(({ state }) => state);
      if (states.toSorted().join() === 'Follower,Follower,Leader') return;
      if (Date.now() > giveUpAt) throw new Error(`The KurrentDB cluster did not form: ${states.join()}`);
      await delay(200);
    }
  }

  /** As a power cut would end it. It is started again by its supervisor. Answers its port. */
  async killLeader(): Promise<number> {
    const leader = (await this.members()).find(({ state, isAlive }) => state === 'Leader' && isAlive);
    const node = this.nodes.find(({ port }) => port === leader?.httpEndPointPort);
    if (node === undefined) throw new Error('No node of the cluster leads.');
    await node.kill();
    return node.port;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.nodes.map((node) => node.stop()));
    await Promise.all(this.supervised);
  }

  private async supervise(node: KurrentDbServer): Promise<void> {
    const seeds = this.nodes.filter((other) => other !== node).map(({ port }) => `127.0.0.1:${port}`);
    const args = [
      '--insecure',
      '--cluster-size',
      `${NODES}`,
      '--discover-via-dns',
      'false',
      '--gossip-seed',
      seeds.join(),
    ];
    while (!this.stopping) {
      node.launch([...args, ...PATIENCE]);
      await node.ended();
    }
  }

  /** As the first node that answers sees them. */
  private async members(): Promise<readonly Member[]> {
    for (const { port } of this.nodes) {
      const answer = await fetch(`http://127.0.0.1:${port}/gossip`, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(5_000),
      }).catch(() => null);
      if (answer?.ok) return ((await answer.json()) as { readonly members: readonly Member[] }).members;
    }
    return [];
  }
}

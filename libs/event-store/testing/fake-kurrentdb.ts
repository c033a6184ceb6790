import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import featuresGrpc from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import features from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import rpcStatus from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import streamsGrpc from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';

type ReadReq = InstanceType<typeof streams.ReadReq>;
type ReadResp = InstanceType<typeof streams.ReadResp>;
type BatchAppendReq = InstanceType<typeof streams.BatchAppendReq>;
type BatchAppendResp = InstanceType<typeof streams.BatchAppendResp>;
type Proposed = InstanceType<typeof streams.BatchAppendReq.ProposedMessage>;
type AppendOptions = InstanceType<typeof streams.BatchAppendReq.Options>;

/** What becomes of the next append: it is done in each case but the last, and the answer is another. */
export type AppendFault = 'no answer' | 'lost connection' | 'lost leader' | 'timeout' | 'busy';
/** What live subscriptions do: `early` gives checkpoint and caughtUp of events that it has not given yet. */
export type LiveFault = 'none' | 'silent' | 'ends' | 'fails' | 'early' | 'never confirms';

interface Stored {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly created: number;
}

const TICKS = 10_000;

/**
 * Speaks the protocol of a KurrentDB, with a log in memory, only to fail as a real one does not on demand. That the
 * adapter works is shown against a real server.
 */
export class FakeKurrentDb {
  version = '26.1.0';
  appendFault: AppendFault | null = null;
  live: LiveFault = 'none';
  /** Reads are not answered. */
  isMute = false;
  subscriptions = 0;
  appends = 0;
  readonly log: Stored[] = [];
  private readonly subscribers = new Set<ServerWritableStream<ReadReq, ReadResp>>();

  private constructor(
    private readonly server: Server,
    private port = 0,
  ) {}

  static async start(): Promise<FakeKurrentDb> {
    const server = new Server();
    const fake = new FakeKurrentDb(server);
    server.addService(featuresGrpc.ServerFeaturesService, {
      getSupportedMethods: (_: unknown, answer: sendUnaryData<unknown>) => answer(null, fake.features()),
    });
    server.addService(streamsGrpc.StreamsService, {
      read: (call: ServerWritableStream<ReadReq, ReadResp>) => fake.read(call),
      batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => fake.batchAppend(call),
      append: unsupported,
      delete: unsupported,
      tombstone: unsupported,
    });
    fake.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    return fake;
  }

  get url(): string {
    return `kurrentdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Ends every live subscription now. */
  drop(): void {
    for (const subscriber of this.subscribers) subscriber.end();
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private features() {
    const method = new features.SupportedMethod();
    method.setServiceName('event_store.client.streams.streams').setMethodName('batchappend');
    return new features.SupportedMethods().setEventStoreServerVersion(this.version).setMethodsList([method]);
  }

  private read(call: ServerWritableStream<ReadReq, ReadResp>): void {
    const options = call.request.getOptions();
    if (options === undefined) return void call.end();
    if (options.hasSubscription()) return this.subscribe(call);
    if (this.isMute) return;
    const backward = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
    const found = options.hasStream() ? this.inStream(options, backward) : this.inLog(options, backward);
    if (found === null) {
      const name = options.getStream()?.getStreamIdentifier();
      call.write(
        new streams.ReadResp().setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(name)),
      );
    } else for (const event of found.slice(0, Number(options.getCount()))) call.write(eventAnswer(event));
    call.end();
  }

  private inStream(options: InstanceType<typeof streams.ReadReq.Options>, backward: boolean): Stored[] | null {
    const given = options.getStream();
    const name = Buffer.from(given?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
    const events = this.log.filter(({ stream }) => stream === name);
    if (events.length === 0) return null;
    if (!given?.hasRevision()) return backward ? events.toReversed() : events;
    const from = Number(given.getRevision());
    return backward
      ? events.filter(({ revision }) => revision <= from).toReversed()
      : events.filter(({ revision }) => revision >= from);
  }

  private inLog(options: InstanceType<typeof streams.ReadReq.Options>, backward: boolean): Stored[] {
    const at = options.getAll()?.getPosition();
    const from = at === undefined ? null : Number(at.getCommitPosition());
    const regex = new RegExp(options.getFilter()?.getEventType()?.getRegex() ?? '');
    const events = this.log.filter(({ type }) => regex.test(type));
    if (backward) return events.filter(({ position }) => from === null || position <= from).toReversed();
    return events.filter(({ position }) => from === null || position >= from);
  }

  private subscribe(call: ServerWritableStream<ReadReq, ReadResp>): void {
    this.subscriptions += 1;
    if (this.live === 'never confirms') return;
    call.write(
      new streams.ReadResp().setConfirmation(
        new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(`${this.subscriptions}`),
      ),
    );
    if (this.live === 'ends') return void call.end();
    if (this.live === 'fails') return void call.emit('error', { code: status.UNAVAILABLE, details: 'going away' });
    this.subscribers.add(call);
    call.on('close', () => this.subscribers.delete(call)).on('cancelled', () => this.subscribers.delete(call));
  }

  private announce(event: Stored): void {
    for (const call of this.subscribers) {
      if (this.live === 'silent') continue;
      if (this.live === 'early') {
        const far = `${event.position + 1_000_000}`;
        const checkpoint = new streams.ReadResp.Checkpoint().setCommitPosition(far).setPreparePosition(far);
        call.write(new streams.ReadResp().setCheckpoint(checkpoint));
        call.write(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
      }
      call.write(eventAnswer(event));
    }
  }

  private batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
    const begun = new Map<string, { options: AppendOptions; messages: Proposed[] }>();
    call.on('error', () => undefined).on('end', () => call.end());
    call.on('data', (request: BatchAppendReq) => {
      const correlation = request.getCorrelationId()?.toString() ?? '';
      const options = request.getOptions();
      const append = begun.get(correlation) ?? (options && { options, messages: [] });
      if (append === undefined) return;
      append.messages.push(...request.getProposedMessagesList());
      begun.set(correlation, append);
      if (!request.getIsFinal()) return;
      begun.delete(correlation);
      this.answer(call, request, append.options, append.messages);
    });
  }

  private answer(
    call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
    request: BatchAppendReq,
    options: AppendOptions,
    messages: readonly Proposed[],
  ): void {
    const fault = this.appendFault;
    this.appendFault = null;
    const answer = new streams.BatchAppendResp()
      .setCorrelationId(request.getCorrelationId())
      .setStreamIdentifier(options.getStreamIdentifier());
    if (fault === 'busy')
      return void call.write(answer.setError(failure('Server Is Busy', new shared.Empty(), 'google.protobuf.Empty')));
    const last = this.append(options, messages);
    if (fault === 'no answer') return;
    if (fault === 'lost connection') return void call.emit('error', { code: status.UNAVAILABLE, details: 'lost' });
    if (fault === 'lost leader') return void call.emit('error', this.notLeader());
    if (fault === 'timeout') {
      return void call.write(answer.setError(failure('Timeout', new shared.Timeout(), 'event_store.client.Timeout')));
    }
    if (last === null) {
      call.write(
        answer.setError(failure('wrong', this.wrongVersion(options), 'event_store.client.WrongExpectedVersion')),
      );
      return;
    }
    const at = `${last.position}`;
    const position = new shared.AllStreamPosition().setCommitPosition(at).setPreparePosition(at);
    call.write(
      answer.setSuccess(
        new streams.BatchAppendResp.Success().setCurrentRevision(`${last.revision}`).setPosition(position),
      ),
    );
  }

  /** With the same idempotency as the server: at an exact revision. Null: the stream is elsewhere. */
  private append(options: AppendOptions, messages: readonly Proposed[]): Stored | null {
    const stream = Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
    const held = this.log.filter((event) => event.stream === stream);
    const expected = options.hasNoStream() ? -1 : Number(options.getStreamPosition());
    const ids = messages.map((message) => message.getId()?.getString() ?? '');
    if (expected < held.length - 1) {
      const there = held.slice(expected + 1, expected + 1 + ids.length);
      return ids.every((id, index) => there[index]?.id === id) ? (there.at(-1) ?? null) : null;
    }
    if (expected > held.length - 1) return null;
    this.appends += 1;
    for (const [index, message] of messages.entries()) {
      const event: Stored = {
        id: ids[index] ?? '',
        stream,
        revision: held.length + index,
        position: (this.log.at(-1)?.position ?? 0) + 100,
        type: message.getMetadataMap().get('type') ?? '',
        data: message.getData_asU8(),
        metadata: message.getCustomMetadata_asU8(),
        created: Date.now(),
      };
      this.log.push(event);
      this.announce(event);
    }
    return this.log.at(-1) ?? null;
  }

  private wrongVersion(options: AppendOptions) {
    const stream = Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
    const last = this.log.findLast((event) => event.stream === stream);
    const wrong = new shared.WrongExpectedVersion().setExpectedStreamPosition('0');
    return last === undefined
      ? wrong.setCurrentNoStream(new shared.Empty())
      : wrong.setCurrentStreamRevision(`${last.revision}`);
  }

  private notLeader() {
    const metadata = new Metadata();
    metadata.set('exception', 'not-leader');
    metadata.set('leader-endpoint-host', '127.0.0.1');
    metadata.set('leader-endpoint-port', `${this.port}`);
    return { code: status.NOT_FOUND, details: 'Leader info available', metadata };
  }
}

function eventAnswer(event: Stored): ReadResp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream)))
    .setStreamRevision(`${event.revision}`)
    .setPreparePosition(`${event.position}`)
    .setCommitPosition(`${event.position}`)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('created', `${event.created * TICKS}`)
    .set('content-type', 'application/json');
  const read = new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(`${event.position}`);
  return new streams.ReadResp().setEvent(read);
}

function failure(message: string, details: { serializeBinary(): Uint8Array }, type: string) {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), type);
  return new rpcStatus.Status().setMessage(message).setDetails(packed);
}

function unsupported(_: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>): void {
  answer({ code: status.UNIMPLEMENTED, details: 'Not of this fake.' });
}

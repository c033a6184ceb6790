export { type CommandContext, derivedId } from './command-context.js';
export * from './name-registry.js';
export { reserveNamesOfEvents } from './names-from-events.js';
export * from './sources.js';
export { type Committed, StreamWriter } from './stream-writer.js';
export * from './thread-inputs.js';
export { streamOf, THREAD_STREAM_PREFIX } from './thread-stream.js';
export { type PublicationReceipt, type ThreadReceipt, Threads } from './threads.js';
export { isId } from './uuid.js';

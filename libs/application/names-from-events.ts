import type { EventStore, StoredEvent } from '#event-store';
import type { NameKind, NameRegistry } from './name-registry.js';
import { SOURCE_STREAM_PREFIX } from './sources.js';
import { THREAD_STREAM_PREFIX } from './thread-stream.js';

interface Named {
  readonly kind: NameKind;
  readonly name: string;
  readonly id: string;
}

/**
 * Reserves every name that an event uses, in the order of the log: after a ledger was copied, or restored without the
 * table of names. Done again, it changes nothing.
 *
 * @returns how many names there are
 */
export async function reserveNamesOfEvents(store: EventStore, names: NameRegistry): Promise<number> {
  const types = ['ThreadOpened', 'ThreadRevised', 'SourceRegistered'] as const;
  const seen = new Set<string>();
  for await (const stored of store.readAll({ filter: { types } })) {
    const named = nameIn(stored);
    const key = `${named?.kind} ${named?.name}`;
    if (named === null || seen.has(key)) continue;
    seen.add(key);
    await names.reserve(named.kind, named.name, named.id);
  }
  return seen.size;
}

function nameIn({ event, stream }: StoredEvent): Named | null {
  if (event.type === 'ThreadOpened' || event.type === 'ThreadRevised') {
    return { kind: 'thread-slug', name: event.data.slug, id: stream.slice(THREAD_STREAM_PREFIX.length) };
  }
  if (event.type !== 'SourceRegistered' || event.data.key === null) return null;
  return { kind: 'source-key', name: event.data.key, id: stream.slice(SOURCE_STREAM_PREFIX.length) };
}

import type { EventStore, RawEvent } from '#event-store';
import type { Leaf, StoredTree } from '../tree/stored-tree.js';
import { type Finding, finding, named, type Place, placeOf } from './findings.js';

/** What was done to the log, at the first place where the store's event is not the one that the tree has. */
export async function diagnose(
  { store, tree }: { readonly store: EventStore; readonly tree: StoredTree },
  leaf: Leaf,
  event: RawEvent | null,
): Promise<Finding> {
  const { index } = leaf;
  if (event === null) return removed(leaf);
  if (event.id === leaf.eventId) return changed(leaf, 'it is not what was hashed when it was recorded');
  const [isKnown, isStillThere] = await Promise.all([isInTree(tree, event.id), isInStore(store, leaf)]);
  const place = placeOf(event);
  if (isKnown && isStillThere) {
    const message = `The ${named(index, leaf)} was reordered: the one with the id ${place.eventId} (${place.stream}, revision ${place.revision}) stands in its place.`;
    return finding('reordered', index, leaf, message);
  }
  if (isKnown) return removed(leaf);
  if (isStillThere) {
    return finding('inserted', index, place, `The ${named(index, place)} was inserted: it was never recorded there.`);
  }
  return changed(
    leaf,
    `another one stands in its place (${place.stream}, revision ${place.revision}, id ${place.eventId})`,
  );
}

function removed(leaf: Leaf): Finding {
  return finding('removed', leaf.index, leaf, `The ${named(leaf.index, leaf)} was removed.`);
}

function changed(leaf: Leaf, how: string): Finding {
  return finding('changed', leaf.index, leaf, `The ${named(leaf.index, leaf)} was changed: ${how}.`);
}

async function isInTree(tree: StoredTree, eventId: string): Promise<boolean> {
  return (await tree.leavesOf([eventId])).length > 0;
}

async function isInStore(store: EventStore, { stream, eventId }: Place): Promise<boolean> {
  for await (const { id } of store.readRawStream(stream)) if (id === eventId) return true;
  return false;
}

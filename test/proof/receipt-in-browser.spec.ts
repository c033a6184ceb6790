import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { formatProof, leafHash, nodeHash, SigningKey } from '#proof';
import { checkReceipt } from '../../apps/console/src/proof/check-receipt.js';

const KEY = SigningKey.generate('example.org/ledger');
const OTHER = SigningKey.generate('example.org/ledger');
const ALL_HOLDS = { event: 'holds', inclusion: 'holds', signature: 'holds' };

const eventOf = (n: number) =>
  JSON.stringify({ format: 'storyledger-event/1', id: `event-${n}`, stream: 'thread-ä', revision: String(n) });

/** RFC 6962, section 2.1, as it is written there. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first === undefined) throw new Error('A tree without a leaf proves nothing.');
  if (leaves.length === 1) return first;
  const left = largestPowerBelow(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left)));
}

function pathOf(index: number, leaves: readonly Buffer[]): readonly Buffer[] {
  if (leaves.length === 1) return [];
  const at = largestPowerBelow(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  return index < at ? [...pathOf(index, left), rootOf(right)] : [...pathOf(index - at, right), rootOf(left)];
}

function largestPowerBelow(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1);
}

/** As the API makes it. */
function receiptOf(index: number, size: number, keys: readonly SigningKey[] = [KEY]) {
  const leaves = Array.from({ length: size }, (_, n) => leafHash(Buffer.from(eventOf(n))));
  const path = pathOf(index, leaves);
  const text = `${KEY.name}\n${size}\n${rootOf(leaves).toString('base64')}\n`;
  const checkpoint = `${text}\n${keys.map((key) => key.signatureLine(text)).join('')}`;
  return {
    format: 'storyledger-receipt/1' as const,
    eventId: `event-${index}`,
    stream: 'thread-ä',
    revision: String(index),
    event: eventOf(index),
    eventHash: leafHash(Buffer.from(eventOf(index))).toString('hex'),
    leafIndex: index,
    treeSize: size,
    inclusionProof: path.map((hash) => hash.toString('base64')),
    checkpoint,
    proof: formatProof(index, path, checkpoint),
    keys: keys.map(({ verifier }) => verifier.text),
  };
}

const places = fc.integer({ min: 1, max: 70 }).chain((size) => fc.tuple(fc.nat(size - 1), fc.constant(size)));

describe('the console’s check of a receipt', () => {
  it('holds for every event of every log', async () => {
    await fc.assert(
      fc.asyncProperty(places, async ([index, size]) => {
        expect(await checkReceipt(`event-${index}`, receiptOf(index, size))).toEqual(ALL_HOLDS);
      }),
    );
  });

  it('fails for an event of which one letter was changed, wherever it stands', async () => {
    await fc.assert(
      fc.asyncProperty(places, async ([index, size]) => {
        const receipt = receiptOf(index, size);
        const event = receipt.event.replace('thread-ä', 'thread-a');
        expect(await checkReceipt(`event-${index}`, { ...receipt, event, stream: 'thread-a' })).toEqual({
          event: 'fails',
          inclusion: 'fails',
          signature: 'holds',
        });
      }),
    );
  });

  it.each([
    ['another event than was asked for', { eventId: 'event-3' }, 'event'],
    ['another stream than its event', { stream: 'thread-b' }, 'event'],
    ['another revision than its event', { revision: '1' }, 'event'],
    ['another hash', { eventHash: '00'.repeat(32) }, 'event'],
    ['text that is no event', { event: 'nonsense' }, 'event'],
    ['another place', { leafIndex: 4 }, 'inclusion'],
    ['a place beyond the log', { leafIndex: 11 }, 'inclusion'],
    ['another size than was signed', { treeSize: 12 }, 'inclusion'],
    ['a shorter path', { inclusionProof: receiptOf(5, 11).inclusionProof.slice(1) }, 'inclusion'],
    ['a longer path', { inclusionProof: [...receiptOf(5, 11).inclusionProof, 'AAAA'] }, 'inclusion'],
    ['a path that is no base64', { inclusionProof: ['?'] }, 'inclusion'],
    ['the checkpoint of another log', { checkpoint: receiptOf(5, 12).checkpoint }, 'inclusion'],
    ['a checkpoint that cannot be read', { checkpoint: 'nonsense' }, 'signature'],
    ['no key', { keys: [] }, 'signature'],
    ['another key of the same name', { keys: [OTHER.verifier.text] }, 'signature'],
    ['a key that cannot be read', { keys: ['example.org/ledger'] }, 'signature'],
    [
      'another key under the id of the right one',
      { keys: [OTHER.verifier.text.replace(OTHER.verifier.id, KEY.verifier.id)] },
      'signature',
    ],
    [
      'a changed text under the signature',
      { checkpoint: receiptOf(5, 11).checkpoint.replace('\n11\n', '\n12\n') },
      'signature',
    ],
    ['a signature that was cut', { checkpoint: `${receiptOf(5, 11).checkpoint.slice(0, -9)}\n` }, 'signature'],
  ] as const)('fails for a receipt with %s', async (_, changed, part) => {
    const check = await checkReceipt('event-5', { ...receiptOf(5, 11), ...changed } as never);
    expect(check?.[part]).toBe('fails');
  });

  it('is neither proof nor its absence where the browser computes no hashes', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    try {
      expect(await checkReceipt('event-5', receiptOf(5, 11))).toBeNull();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('holds while one key takes over from another', async () => {
    const receipt = receiptOf(5, 11, [KEY, OTHER]);
    expect(await checkReceipt('event-5', { ...receipt, keys: [OTHER.verifier.text] })).toEqual(ALL_HOLDS);
  });
});

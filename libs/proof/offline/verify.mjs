// @ts-check
/**
 * Verifies a Storyledger evidence bundle, or a receipt, offline: with Node 20 or later, this one file, and nothing else.
 *
 *   node verify.mjs                          the bundle in the folder of this file
 *   node verify.mjs FOLDER_OR_RECEIPT.json   another one
 *   ... --key FILE                           trust only this key, which you got from elsewhere (a line of keys.txt)
 *   ... --checkpoint FILE                    also compare with this checkpoint, which was kept elsewhere
 *
 * Exit status: 0 all holds, 1 something does not, 2 it could not be run.
 *
 * Formats: RFC 6962 (Merkle tree), C2SP signed-note, tlog-checkpoint and tlog-proof, storyledger-event/1 (RFC 8785).
 * Storyledger itself verifies with these very functions.
 */
import * as crypto from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/* ---- The Merkle tree: RFC 6962, section 2.1; verification as in RFC 9162, section 2.1. Hashes are Buffers of 32 bytes. */

/** @param {Uint8Array[]} parts */
const sha256 = (...parts) => {
  const bytes = Buffer.concat(parts);
  // Faster, and there from Node 20.12 on.
  return 'hash' in crypto ? crypto.hash('sha256', bytes, 'buffer') : digest(bytes);
};
/** @param {Uint8Array} bytes */
const digest = (bytes) => crypto.createHash('sha256').update(bytes).digest();
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/**
 * @param {Uint8Array} bytes
 * @returns {Buffer}
 */
export function leafHash(bytes) {
  return sha256(LEAF, bytes);
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 * @returns {Buffer}
 */
export function nodeHash(left, right) {
  return sha256(NODE, left, right);
}

/** Root of the tree without a leaf. */
export const EMPTY_ROOT = sha256();

/**
 * The root that an inclusion proof leads to.
 *
 * @param {number} index of the leaf, from 0
 * @param {number} size of the tree
 * @param {Buffer} leaf
 * @param {readonly Buffer[]} path from the leaf upwards
 * @returns {Buffer | null} null: a path of this length proves nothing of this leaf in this tree
 */
export function rootOfInclusion(index, size, leaf, path) {
  if (index < 0 || index >= size) return null;
  let node = index;
  let last = size - 1;
  let root = leaf;
  for (const sibling of path) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      root = nodeHash(sibling, root);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      root = nodeHash(root, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 ? root : null;
}

/**
 * True: the tree of `to` leaves begins with the very leaves of the tree of `from` leaves.
 *
 * @param {number} from
 * @param {number} to
 * @param {Buffer} fromRoot
 * @param {Buffer} toRoot
 * @param {readonly Buffer[]} proof
 * @returns {boolean}
 */
export function isConsistent(from, to, fromRoot, toRoot, proof) {
  if (from > to || from < 0) return false;
  if (from === to) return proof.length === 0 && fromRoot.equals(toRoot);
  if (from === 0) return proof.length === 0 && fromRoot.equals(EMPTY_ROOT);
  let node = from - 1;
  let last = to - 1;
  while (node % 2 === 1) {
    node = half(node);
    last = half(last);
  }
  const path = node === 0 ? [fromRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let oldRoot = first;
  let newRoot = first;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldRoot = nodeHash(sibling, oldRoot);
      newRoot = nodeHash(sibling, newRoot);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      newRoot = nodeHash(newRoot, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && oldRoot.equals(fromRoot) && newRoot.equals(toRoot);
}

/** @param {number} value */
function half(value) {
  return Math.floor(value / 2);
}

/* ---- Keys and signed notes: C2SP signed-note. */

/** Something that was to be verified does not hold; the message is a whole sentence. */
export class NotProven extends Error {
  /** @override */
  name = 'NotProven';
}

/**
 * @typedef {object} VerifierKey
 * @property {string} name of the log
 * @property {string} id eight hex digits
 * @property {string} text as in keys.txt: `name+id+base64`
 * @property {import('node:crypto').KeyObject} publicKey Ed25519
 *
 * @typedef {object} Note
 * @property {string} text that is signed, with its last line feed
 * @property {readonly { readonly name: string, readonly id: string, readonly signature: Buffer }[]} signatures
 *
 * @typedef {object} Checkpoint
 * @property {string} origin
 * @property {number} size
 * @property {Buffer} root
 */

const ED25519 = 1;
/** What stands before the 32 bytes of an Ed25519 key in the usual form of public keys, SubjectPublicKeyInfo. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * @param {string} name
 * @param {Uint8Array} key 32 bytes
 * @returns {VerifierKey}
 */
export function verifierKey(name, key) {
  const typed = Buffer.concat([Uint8Array.of(ED25519), key]);
  const id = sha256(Buffer.from(`${name}\n`, 'utf8'), typed)
    .subarray(0, 4)
    .toString('hex');
  const publicKey = crypto.createPublicKey({ key: Buffer.concat([SPKI, key]), format: 'der', type: 'spki' });
  return { name, id, text: `${name}+${id}+${typed.toString('base64')}`, publicKey };
}

/**
 * @param {string} text such as `example.com/ledger+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW`
 * @returns {VerifierKey}
 */
export function parseKey(text) {
  const [, name, id, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? [];
  const typed = Buffer.from(base64 ?? '', 'base64');
  if (name === undefined || typed.length !== 33 || typed[0] !== ED25519) {
    throw new NotProven(`"${text.trim().slice(0, 100)}" is not an Ed25519 verifier key.`);
  }
  const key = verifierKey(name, typed.subarray(1));
  if (key.id !== id) throw new NotProven(`The key ${name}+${id} has another id than its bytes give: ${key.id}.`);
  return key;
}

/**
 * @param {string} note
 * @returns {Note}
 */
export function parseNote(note) {
  const split = note.lastIndexOf('\n\n');
  const lines = note.slice(split + 2).split('\n');
  if (split < 0 || lines.pop() !== '' || lines.length === 0) throw new NotProven('A signed note has no signatures.');
  const signatures = lines.map((line) => {
    const [, name, base64] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    const bytes = Buffer.from(base64 ?? '', 'base64');
    if (name === undefined || bytes.length < 5 || bytes.toString('base64') !== base64) {
      throw new NotProven('A signed note has a signature line that cannot be read.');
    }
    return { name, id: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) };
  });
  return { text: note.slice(0, split + 1), signatures };
}

/**
 * Which of the keys have signed the note. Signatures of other keys, such as witnesses', are passed over.
 *
 * @param {Note} note
 * @param {readonly VerifierKey[]} keys
 * @returns {readonly VerifierKey[]}
 */
export function signersOf(note, keys) {
  return keys.filter((key) =>
    note.signatures.some(({ name, id, signature }) => {
      if (name !== key.name || id !== key.id) return false;
      if (crypto.verify(null, Buffer.from(note.text, 'utf8'), key.publicKey, signature)) return true;
      throw new NotProven(
        `The signature of key ${key.name}+${key.id} is wrong: the text or the signature was changed.`,
      );
    }),
  );
}

/**
 * @param {string} text of a note
 * @returns {Checkpoint}
 */
export function parseCheckpoint(text) {
  const [origin, size, root, ...rest] = text.split('\n');
  const hash = Buffer.from(root ?? '', 'base64');
  const isWhole = origin && /^(0|[1-9]\d{0,15})$/.test(size ?? '') && hash.length === 32 && rest.at(-1) === '';
  if (!isWhole || hash.toString('base64') !== root) throw new NotProven('A checkpoint cannot be read.');
  return { origin, size: Number(size), root: hash };
}

const PROOF = 'c2sp.org/tlog-proof@v1';

/**
 * @param {string} text C2SP tlog-proof
 * @returns {{ readonly index: number, readonly path: readonly Buffer[], readonly checkpoint: string }}
 */
export function parseProof(text) {
  const split = text.indexOf('\n\n');
  const [format, position, ...hashes] = text.slice(0, split).split('\n');
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(position ?? '') ?? [];
  const path = hashes.map((hash) => Buffer.from(hash, 'base64'));
  const isWhole = path.every((hash, at) => hash.length === 32 && hash.toString('base64') === hashes[at]);
  if (split < 0 || format !== PROOF || index === undefined || !isWhole) throw new NotProven('A proof cannot be read.');
  return { index: Number(index), path, checkpoint: text.slice(split + 2) };
}

/**
 * @param {number} index
 * @param {readonly Buffer[]} path
 * @param {string} checkpoint a signed note
 * @returns {string}
 */
export function formatProof(index, path, checkpoint) {
  return [PROOF, `index ${index}`, ...path.map((hash) => hash.toString('base64')), '', checkpoint].join('\n');
}

/* ---- One event. */

/**
 * @typedef {object} ProvenEvent
 * @property {string} id
 * @property {string} stream
 * @property {string} revision
 * @property {string} recordedAt
 * @property {string} type
 * @property {number} index
 */

/**
 * @param {Uint8Array} bytes the canonical bytes
 * @param {string} proof
 * @param {readonly VerifierKey[]} keys
 * @returns {{ readonly event: ProvenEvent, readonly checkpoint: Checkpoint, readonly note: string }}
 */
export function verifyEvent(bytes, proof, keys) {
  const { index, path, checkpoint: note } = parseProof(proof);
  const parsed = parseNote(note);
  if (signersOf(parsed, keys).length === 0) throw new NotProven('The checkpoint of a proof is signed by no known key.');
  const checkpoint = parseCheckpoint(parsed.text);
  const root = rootOfInclusion(index, checkpoint.size, leafHash(bytes), path);
  if (root === null || !root.equals(checkpoint.root)) {
    throw new NotProven(`Event ${index} is not in the log of the checkpoint: its bytes, or its proof, were changed.`);
  }
  const event = JSON.parse(Buffer.from(bytes).toString('utf8'));
  if (event.format !== 'storyledger-event/1') throw new NotProven(`Event ${index} is of an unknown format.`);
  return { event: { ...event, index }, checkpoint, note };
}

/**
 * @param {string} json
 * @param {readonly VerifierKey[]} trusted keys from elsewhere; none: those that the receipt itself brings
 */
export function verifyReceipt(json, trusted = []) {
  const receipt = JSON.parse(json);
  if (receipt.format !== 'storyledger-receipt/1') throw new NotProven('This is no storyledger-receipt/1.');
  /** @type {readonly string[]} */
  const texts = receipt.keys;
  const keys = trusted.length > 0 ? trusted : texts.map(parseKey);
  const bytes = Buffer.from(receipt.event, 'utf8');
  if (leafHash(bytes).toString('hex') !== receipt.eventHash) throw new NotProven('The hash is not that of the event.');
  const { event, checkpoint } = verifyEvent(bytes, receipt.proof, keys);
  const same = event.id === receipt.eventId && event.index === receipt.leafIndex;
  if (!same) throw new NotProven('The receipt names another event than it proves.');
  return { event, checkpoint, keys };
}

/* ---- A whole bundle. */

/** @typedef {ReadonlyMap<string, Uint8Array>} Files by their paths, with slashes */

/**
 * @typedef {object} BundleOptions
 * @property {readonly VerifierKey[]} [keys] trusted, from elsewhere
 * @property {string} [checkpoint] a signed note, kept elsewhere
 *
 * @typedef {object} BundleReport
 * @property {readonly string[]} proven sentences
 * @property {readonly string[]} problems sentences; none: all holds
 */

/**
 * @param {Files} files
 * @param {BundleOptions} [options]
 * @returns {BundleReport}
 */
export function verifyBundle(files, options = {}) {
  /** @type {string[]} */
  const proven = [];
  /** @type {string[]} */
  const problems = [];
  /**
   * @template T
   * @param {string} what
   * @param {() => T} work
   * @returns {T | undefined}
   */
  const attempt = (what, work) => {
    try {
      return work();
    } catch (error) {
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const keys = attempt('Keys', () => linkedKeys(files, options.keys ?? [])) ?? [];
  const manifest = attempt('manifest.txt', () => verifyManifest(files, keys));
  if (manifest !== undefined) proven.push(...manifest.proven);
  problems.push(...(manifest?.problems ?? []));
  const notes = attempt('Checkpoints', () => verifyCheckpoints(files, keys));
  if (notes !== undefined) proven.push(...notes.proven);
  problems.push(...(notes?.problems ?? []));
  if (notes !== undefined && options.checkpoint !== undefined) {
    const { checkpoint } = options;
    attempt('The checkpoint kept elsewhere', () => proven.push(compareWith(checkpoint, notes.checkpoints, keys)));
  }
  /** @type {ProvenEvent[]} */
  const events = [];
  for (const [path, bytes] of files) {
    if (!path.startsWith('events/')) continue;
    attempt(path, () => {
      const proof = text(files, path.replace(/^events/, 'proofs').replace(/json$/, 'tlog-proof'));
      const { event, note } = verifyEvent(bytes, proof, keys);
      if (notes !== undefined && !notes.texts.has(note)) throw new NotProven('its checkpoint is not in checkpoints/.');
      events.push(event);
    });
  }
  attempt('The thread', () => proven.push(...verifyThread(files, events)));
  attempt('replay.json', () => proven.push(verifyReplay(files, events)));
  return { proven, problems };
}

/**
 * @param {Files} files
 * @param {string} path
 */
function text(files, path) {
  const bytes = files.get(path);
  if (bytes === undefined) throw new NotProven(`${path} is missing.`);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/**
 * The keys that can be trusted: those from elsewhere, or else the first of the bundle; and every key that has signed a
 * checkpoint together with one of them, for that is how a new key is vouched for.
 *
 * @param {Files} files
 * @param {readonly VerifierKey[]} trusted
 * @returns {readonly VerifierKey[]}
 */
function linkedKeys(files, trusted) {
  const keys = text(files, 'keys.txt').trimEnd().split('\n').map(parseKey);
  const linked = new Set(trusted.length > 0 ? trusted.map((key) => key.text) : keys.slice(0, 1).map((key) => key.text));
  if (!keys.some((key) => linked.has(key.text))) throw new NotProven('the key that you trust is none of the bundle.');
  const notes = [...files.keys()].filter((path) => path.startsWith('checkpoints/'));
  const together = notes.map((path) => {
    try {
      return signersOf(parseNote(text(files, path)), keys).map((key) => key.text);
    } catch {
      // It vouches for nobody, and `verifyCheckpoints` says what is wrong with it.
      return [];
    }
  });
  for (let known = 0; known < linked.size; ) {
    known = linked.size;
    for (const signers of together) {
      if (signers.some((key) => linked.has(key))) for (const key of signers) linked.add(key);
    }
  }
  return keys.filter((key) => linked.has(key.text));
}

/**
 * @param {Files} files
 * @param {readonly VerifierKey[]} keys
 */
function verifyManifest(files, keys) {
  const note = parseNote(text(files, 'manifest.txt'));
  const signers = signersOf(note, keys);
  if (signers.length === 0) throw new NotProven('it is signed by no key that can be trusted.');
  const [format, ...lines] = note.text.trimEnd().split('\n');
  if (format !== 'storyledger-evidence/1') throw new NotProven('it is of an unknown format.');
  const listed = new Map();
  for (const line of lines) {
    const [, hash, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (path !== undefined) listed.set(path, hash);
  }
  const problems = [];
  for (const [path, hash] of listed) {
    const bytes = files.get(path);
    if (bytes === undefined) problems.push(`${path} is missing.`);
    else if (sha256(bytes).toString('hex') !== hash) problems.push(`${path} was changed: it has another SHA-256.`);
  }
  for (const path of files.keys()) {
    if (path !== 'manifest.txt' && !listed.has(path))
      problems.push(`${path} was added: the manifest does not list it.`);
  }
  const by = signers.map(({ name, id }) => `${name}+${id}`).join(' and ');
  return { proven: [`The ${listed.size} files are those that were signed with key ${by}.`], problems };
}

/**
 * @param {Files} files
 * @param {readonly VerifierKey[]} keys
 */
function verifyCheckpoints(files, keys) {
  const paths = [...files.keys()].filter((path) => path.startsWith('checkpoints/')).sort();
  if (paths.length === 0) throw new NotProven('there is none.');
  const texts = new Set(paths.map((path) => text(files, path)));
  const problems = [];
  /** @type {Checkpoint[]} */
  const checkpoints = [];
  for (const path of paths) {
    try {
      const note = parseNote(text(files, path));
      if (signersOf(note, keys).length === 0) problems.push(`${path} is signed by no key that can be trusted.`);
      checkpoints.push(parseCheckpoint(note.text));
    } catch (error) {
      throw new NotProven(`${path}: ${error instanceof Error ? error.message : error}`);
    }
  }
  /** @type {readonly { readonly from: number, readonly to: number, readonly proof: readonly string[] }[]} */
  const proofs = JSON.parse(text(files, 'consistency.json'));
  checkpoints.forEach((later, at) => {
    const earlier = checkpoints[at - 1];
    if (earlier === undefined) return;
    if (later.origin !== earlier.origin) problems.push('The checkpoints are of different ledgers.');
    const proof = proofs.find(({ from, to }) => from === earlier.size && to === later.size);
    const path = proof?.proof.map((hash) => Buffer.from(hash, 'base64')) ?? [];
    if (isConsistent(earlier.size, later.size, earlier.root, later.root, path)) return;
    problems.push(`The checkpoints of ${earlier.size} and ${later.size} events do not belong to one history.`);
  });
  const last = checkpoints.at(-1);
  const proven =
    problems.length > 0
      ? []
      : [`The ${checkpoints.length} signed checkpoint(s) are of one history, the last one of ${last?.size} events.`];
  return { proven, problems, checkpoints, texts };
}

/**
 * @param {string} note
 * @param {readonly Checkpoint[]} checkpoints
 * @param {readonly VerifierKey[]} keys
 */
function compareWith(note, checkpoints, keys) {
  const parsed = parseNote(note);
  const kept = parseCheckpoint(parsed.text);
  if (signersOf(parsed, keys).length === 0) throw new NotProven('it is signed by none of the keys of the bundle.');
  const same = checkpoints.find(({ size }) => size === kept.size);
  if (same === undefined) {
    throw new NotProven(`the bundle has none of ${kept.size} events. Ask for one that holds it.`);
  }
  if (!same.root.equals(kept.root))
    throw new NotProven(`history was rewritten: that of ${kept.size} events is another.`);
  return `The checkpoint of ${kept.size} events is the one that was kept elsewhere.`;
}

/**
 * @param {Files} files
 * @param {readonly ProvenEvent[]} events
 */
function verifyThread(files, events) {
  const { stream, revision } = JSON.parse(text(files, 'thread.json'));
  const own = events.filter((event) => event.stream === stream).sort((a, b) => a.index - b.index);
  own.forEach(({ revision: found }, at) => {
    if (found !== String(at)) throw new NotProven(`revision ${at} is missing, or not in its place.`);
  });
  if (own.length !== Number(revision) + 1)
    throw new NotProven(`the events up to revision ${revision} are not all here.`);
  const others = events.length - own.length;
  return [
    `Each of the ${own.length} events of ${stream}, revision 0 to ${revision}, is in the log as it is here; none is missing.`,
    ...(others > 0 ? [`So is each of the ${others} events of the sources that it quotes.`] : []),
  ];
}

/**
 * @param {Files} files
 * @param {readonly ProvenEvent[]} events
 */
function verifyReplay(files, events) {
  const { steps } = JSON.parse(text(files, 'replay.json'));
  const known = new Map(events.map((event) => [event.id, event]));
  for (const { eventId, revision, recordedAt } of steps) {
    const event = known.get(eventId);
    if (event?.revision !== revision || event?.recordedAt !== recordedAt) {
      throw new NotProven(`the step of revision ${revision} is of no event of the bundle.`);
    }
  }
  return `Each of the ${steps.length} steps of the replay names an event that is proven.`;
}

/* ---- The program. */

/**
 * @param {string} folder
 * @returns {Files}
 */
function filesIn(folder) {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return new Map(files.map((path) => [path.split(sep).join('/'), readFileSync(join(folder, path))]));
}

/** @param {string[]} args */
function main(args) {
  /** @param {string} name */
  const option = (name) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : readFileSync(args.splice(at, 2)[1] ?? '', 'utf8');
  };
  const key = option('--key');
  const checkpoint = option('--checkpoint');
  const keys = key === undefined ? [] : key.trim().split('\n').map(parseKey);
  const target = resolve(args[0] ?? dirname(fileURLToPath(import.meta.url)));
  if (statSync(target).isFile()) {
    const { event, checkpoint: log, keys: used } = verifyReceipt(readFileSync(target, 'utf8'), keys);
    say(
      `Event ${event.id} (${event.type}, ${event.stream}, revision ${event.revision}) is event ${event.index} of the log`,
    );
    say(`that was signed at ${log.size} events with ${used.map(({ name, id }) => `${name}+${id}`).join(' or ')}.`);
    return 0;
  }
  const { proven, problems } = verifyBundle(filesIn(target), { keys, ...(checkpoint !== undefined && { checkpoint }) });
  for (const line of proven) say(`ok    ${line}`);
  for (const line of problems) say(`WRONG ${line}`);
  say(problems.length === 0 ? 'VERIFIED.' : `NOT VERIFIED: ${problems.length} problem(s).`);
  if (problems.length === 0 && keys.length === 0) {
    say('The keys came with the bundle: compare the lines of keys.txt with what the newsroom publishes, or use --key.');
  }
  return problems.length === 0 ? 0 : 1;
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}

function isProgram() {
  try {
    return realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url);
  } catch {
    return false;
  }
}

if (isProgram()) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    say(`NOT VERIFIED: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = error instanceof NotProven ? 1 : 2;
  }
}

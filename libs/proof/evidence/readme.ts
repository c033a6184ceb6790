export interface ReadmeFacts {
  readonly headline: string;
  readonly stream: string;
  readonly revision: string;
  readonly events: number;
  readonly size: number;
  readonly origin: string;
  readonly madeAt: string;
}

/** README.txt: what a person does with the bundle, without having heard of Merkle trees. */
export function readme({ headline, stream, revision, events, size, origin, madeAt }: ReadmeFacts): string {
  return `EVIDENCE OF A STORY THREAD
${headline}

Made on ${madeAt} by the Storyledger "${origin}".
It holds all ${events} events of ${stream} and of the sources quoted in it, up to revision ${revision}
of the thread, out of a log that had ${size} events in all when it was signed.

READ
  replay.html   how the story evolved, step by step, for people. Open it in a browser; it needs no network.
  replay.json   the same for programs.

VERIFY
  1. Unpack the zip file into an empty folder.
  2. Install Node.js 20 or later (https://nodejs.org), if it is not there. Nothing else is needed.
  3. In that folder run:   node verify.mjs
     It says VERIFIED, or names what does not hold.
  4. The keys in keys.txt came with this bundle, so a forger could have made them. Compare them with what the
     newsroom publishes, or better with a copy that you got long before:
         node verify.mjs --key KEY_FILE              trusts only the key in that file
         node verify.mjs --checkpoint CHECKPOINT     compares with a signed checkpoint that was kept elsewhere
  5. You need not trust verify.mjs either: docs/proof.md of Storyledger shows the same steps with openssl and
     sha256sum alone, and the formats are public (RFC 6962, RFC 8785, C2SP signed-note and tlog-proof).

WHAT IS PROVED
  - Each event is, byte for byte, what was in the newsroom's log when the log was signed, at its place in it.
  - No event of the thread up to revision ${revision} is missing: revisions count from 0 without a gap.
  - The log only grew: every checkpoint in here is of the same history.
  - The files of this bundle are those that were signed when it was made.

WHAT IS NOT PROVED
  - That what was recorded is true, or that the newsroom recorded all that it heard.
  - The time by anybody else's clock: recordedAt is the newsroom's clock. An event is at least as old as the
    oldest checkpoint with it that you or a witness hold.
  - That nothing came after: ask for a newer bundle.
  - replay.html and replay.json are computed from the events by the rules in policies/. They are signed as a
    part of this bundle; whoever doubts them can follow the rules by hand.

FILES
  manifest.txt        SHA-256 of every other file, signed
  events/             one file an event, the exact bytes that were hashed; the name is its place in the log
  proofs/             for each of them the proof that it is in the log (C2SP tlog-proof)
  checkpoints/        signed states of the log: of each event the first one that has it, and the last one
  consistency.json    proofs that each checkpoint continues the one before (RFC 6962)
  keys.txt, keys/     the public keys, as C2SP verifier keys and for openssl
  thread.json         which thread, up to which revision
  policy.json         the rules by which the thread is judged after the last step: name, version, parameters
  policies/           all that it was ever judged by; each step of replay.json names its own
`;
}

import { hash } from 'node:crypto';
import type { Instant } from '#domain';
import type { Actor, Revision } from '#event-store';

/** What comes in with every command. */
export interface CommandContext {
  /** UUIDv7. Every id made for the command is derived from it, so that a retry makes the same ones. */
  readonly commandId: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** The import batch that the command belongs to. */
  readonly batchId: string | null;
  readonly now: Instant;
  /** From If-Match: the stream must be here, and the command is not retried against a newer state. */
  readonly expectedRevision?: Revision;
  /** Tells apart the events of a command that writes to more than one stream. */
  readonly eventLabel?: string;
}

/**
 * A UUIDv7 that depends on nothing but its arguments: the timestamp of `commandId`, and SHA-256 of both for the rest.
 * `label` tells apart the ids of one command, such as `claim/0`.
 */
export function derivedId(commandId: string, label: string): string {
  const timestamp = commandId.slice(0, 13);
  const digest = hash('sha256', `${commandId}/${label}`, 'hex');
  const variant = ((Number.parseInt(digest.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${timestamp}-7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`;
}

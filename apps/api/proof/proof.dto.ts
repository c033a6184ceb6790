import { ApiProperty } from '@nestjs/swagger';
import type { EventReceipt, PublishedKey, SignedCheckpoint } from '#proof';
import { pageDto } from '../paging/page.js';
import { CountParameter } from '../validation/parameter.fields.js';
import { Identifier } from '../validation/text.fields.js';

const MOST_EVENTS = Number.MAX_SAFE_INTEGER;
const HASH = { example: 'XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=' } as const;
const NOTE = {
  description: 'C2SP tlog-checkpoint: origin, events, root, and the signatures of the text above them.',
  example:
    'newsroom.example/ledger\n4712\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n— newsroom.example/ledger x08go...\n',
} as const;

export class EventPath {
  @Identifier({ description: 'The id of the event.', example: '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' })
  event!: string;
}

export class InclusionQuery {
  @Identifier({ description: 'The id of the event.' })
  event!: string;

  @CountParameter({ min: 1, max: MOST_EVENTS, optional: true, description: 'Of the tree; as it is now when left out.' })
  size?: number;
}

export class ConsistencyQuery {
  @CountParameter({ min: 0, max: MOST_EVENTS, description: 'Events of the smaller tree.' })
  from!: number;

  @CountParameter({ min: 0, max: MOST_EVENTS, optional: true, description: 'As it is now when left out.' })
  to?: number;
}

export class CheckpointDto {
  @ApiProperty({ description: 'Events in the log.', example: 4_712 }) size!: number;
  @ApiProperty({ ...HASH, description: 'Root of the Merkle tree, RFC 6962, in base64.' }) root!: string;
  @ApiProperty(NOTE) note!: string;
  @ApiProperty({ format: 'date-time', description: 'By our clock.' }) signedAt!: string;
}

export function checkpointDto({ size, root, note, signedAt }: SignedCheckpoint): CheckpointDto {
  return { size, root: root.toString('base64'), note, signedAt: signedAt.toISOString() };
}

export class CheckpointPageDto extends pageDto(CheckpointDto) {}

export class PublicKeyDto {
  @ApiProperty({ example: 'newsroom.example/ledger' }) name!: string;
  @ApiProperty({ example: 'c74f20a3', description: 'The first four bytes of SHA-256 of name and key.' }) id!: string;
  @ApiProperty({
    description: 'C2SP signed-note verifier key.',
    example: 'newsroom.example/ledger+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  })
  verifierKey!: string;
  @ApiProperty({ description: 'The same for openssl: an Ed25519 SubjectPublicKeyInfo.' }) pem!: string;
  @ApiProperty({ format: 'date-time' }) addedAt!: string;
}

export class PublicKeysDto {
  @ApiProperty({ type: [PublicKeyDto], description: 'In the order in which they came; the last one signs.' })
  items!: PublicKeyDto[];
}

export function publicKeyDto({ key: { name, id, text, publicKey }, addedAt }: PublishedKey): PublicKeyDto {
  const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  return { name, id, verifierKey: text, pem, addedAt: addedAt.toISOString() };
}

export class InclusionDto {
  @ApiProperty({ format: 'uuid' }) eventId!: string;
  @ApiProperty({ description: 'The place of the event in the log, from 0.', example: 17 }) leafIndex!: number;
  @ApiProperty({ example: 4_712 }) size!: number;
  @ApiProperty({ ...HASH, description: 'RFC 6962 leaf hash of the event.' }) leafHash!: string;
  @ApiProperty(HASH) root!: string;
  @ApiProperty({ type: [String], description: 'RFC 6962 audit path, from the leaf upwards, in base64.' })
  proof!: string[];
}

export class ConsistencyDto {
  @ApiProperty({ example: 17 }) from!: number;
  @ApiProperty({ example: 4_712 }) to!: number;
  @ApiProperty(HASH) fromRoot!: string;
  @ApiProperty(HASH) toRoot!: string;
  @ApiProperty({ type: [String], description: 'RFC 6962 consistency proof, in base64.' }) proof!: string[];
}

export class EventReceiptDto implements EventReceipt {
  @ApiProperty({ enum: ['storyledger-receipt/1'], type: String }) format!: 'storyledger-receipt/1';
  @ApiProperty({ format: 'uuid' }) eventId!: string;
  @ApiProperty({ example: 'thread-0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' }) stream!: string;
  @ApiProperty({ example: '12' }) revision!: string;
  @ApiProperty({ description: 'The canonical bytes that were hashed, as text: storyledger-event/1.' }) event!: string;
  @ApiProperty({ description: 'RFC 6962 leaf hash of `event`, in hex.' }) eventHash!: string;
  @ApiProperty({ example: 17 }) leafIndex!: number;
  @ApiProperty({ example: 4_712 }) treeSize!: number;
  @ApiProperty({ type: [String], description: 'RFC 6962 audit path, from the leaf upwards, in base64.' })
  inclusionProof!: readonly string[];
  @ApiProperty(NOTE) checkpoint!: string;
  @ApiProperty({ description: 'Index, path and checkpoint in one text: C2SP tlog-proof.' }) proof!: string;
  @ApiProperty({ type: [String], description: 'Verifier keys of the ledger.' }) keys!: readonly string[];
}

/** What `Prefer: receipt` adds to the answer of a write. */
export class WithEventReceipts {
  @ApiProperty({
    type: () => EventReceiptDto,
    isArray: true,
    required: false,
    description: 'With `Prefer: receipt`: a signed receipt of each event that the command recorded in this stream.',
  })
  eventReceipts?: EventReceiptDto[];

  @ApiProperty({
    type: [String],
    required: false,
    description: 'With `Prefer: receipt`, when they were not ready in time: where to get them.',
  })
  eventReceiptsAt?: string[];
}

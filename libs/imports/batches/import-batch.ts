import type { Actor } from '#event-store';
import type { RowFault } from '../failure.js';

export const BATCH_STATES = ['running', 'done', 'failed', 'voiding', 'voided'] as const;
/**
 * `running`: rows are being taken, or will be by the next process that goes on with it. `failed`: it cannot go on; what
 * was taken stays. `voiding` and `voided`: its attributions are taken back as our own slip.
 */
export type BatchState = (typeof BATCH_STATES)[number];

export const ROW_OUTCOMES = ['taken', 'duplicate', 'refused'] as const;
export type RowOutcomeName = (typeof ROW_OUTCOMES)[number];

/** One file that is or was imported. Times are instants. */
export interface ImportBatch {
  readonly batchId: string;
  readonly mappingName: string;
  readonly mappingVersion: number;
  readonly fileName: string;
  /** In lower-case hexadecimal. */
  readonly fileSha256: string;
  readonly fileBytes: number;
  /** The file lies in the database until it is done; otherwise whoever started the import has it. */
  readonly uploaded: boolean;
  /** Its rows say what an import would do; the ledger has nothing of it. */
  readonly dryRun: boolean;
  readonly actor: Actor;
  readonly state: BatchState;
  /** Why it failed. */
  readonly problem: string | null;
  readonly rowsDone: number;
  readonly taken: number;
  readonly duplicate: number;
  readonly refused: number;
  /** The log holds the whole batch at or before here; null while it is under way, and of a dry run. */
  readonly position: bigint | null;
  /** Files of the archive that no table of the mapping asks for; the first hundred. */
  readonly ignoredFiles: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly voidReason: string | null;
  /** Attributions taken back. */
  readonly voided: number;
  readonly voidedAt: string | null;
}

/** What became of one row. */
export interface ImportRow {
  /** In the order of reading, from 1. */
  readonly rowNumber: number;
  readonly file: string;
  readonly line: number;
  readonly outcome: RowOutcomeName;
  readonly threadId: string | null;
  readonly claimId: string | null;
  readonly attributionId: string | null;
  readonly faults: readonly RowFault[];
  /** `kept`: it could not be voided, for `voidProblem`. Null: nobody tried. */
  readonly voidOutcome: 'voided' | 'kept' | null;
  readonly voidProblem: string | null;
}

/** An import that cannot go on. The message says what is wrong and what to do; what was taken stays taken. */
export class ImportFailure extends Error {
  override readonly name: string = 'ImportFailure';
}

export class UploadTooLarge extends ImportFailure {
  override readonly name = 'UploadTooLarge';

  constructor(mostBytes: number) {
    super(`A file may have ${mostBytes} bytes. Split it, or import it with \`storyledger import\`.`);
  }
}

export class UploadDiffers extends ImportFailure {
  override readonly name = 'UploadDiffers';

  constructor(batchId: string) {
    super(`Another file came before as import ${batchId}.`);
  }
}

/** Why one row is refused. */
export interface RowFault {
  /** The part of the ledger that it would have filled, such as `attribution.stance`. */
  readonly field: string | null;
  /** The column that it came from. */
  readonly column: string | null;
  /** Stable, such as `unknown_value`. */
  readonly code: string;
  readonly reason: string;
}

/** Text of a row as a message may show it: short, on one line, and storable. */
export function shown(text: string, most = 60): string {
  const characters = [...text.replace(/[\s\p{C}]+/gu, ' ').trim()];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}

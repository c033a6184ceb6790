import { Injectable } from '@nestjs/common';
import { Imports } from '#imports';
import { ApiError } from '../problems/api-error.js';

/** Uploads that this process takes at once: each goes through it into the database, up to 64 MiB. */
const MOST_UPLOADS = 4;
/** Imports, of all processes together, that wait to be worked off: their files lie in the database until then. */
const MOST_WAITING = 20;

/** Bounds what imports can take of memory, disk and time from everybody else. */
@Injectable()
export class ImportLimit {
  private uploads = 0;

  constructor(private readonly imports: Imports) {}

  /** @throws ApiError too_many_requests */
  async within<Result>(upload: () => Promise<Result>): Promise<Result> {
    if (this.uploads >= MOST_UPLOADS) {
      throw tooMany(`This process takes ${MOST_UPLOADS} files at once. Send this one when another has come in.`);
    }
    this.uploads += 1;
    try {
      if ((await this.imports.batches.waiting()).length >= MOST_WAITING) {
        throw tooMany(
          `${MOST_WAITING} imports are waiting. GET /v1/imports shows them; send this file when one is done.`,
        );
      }
      return await upload();
    } finally {
      this.uploads -= 1;
    }
  }
}

function tooMany(detail: string): ApiError {
  return new ApiError('too_many_requests', detail, { headers: { 'retry-after': '30' } });
}

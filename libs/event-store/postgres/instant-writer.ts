import type { Instant } from '#domain';

const DAY_MS = 86_400_000;
/** From 1970, in milliseconds: JavaScript knows no time beyond. */
const FURTHEST = 8.64e15;
const MINUTES = Array.from({ length: 1_440 }, (_, minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}:`);
const SECONDS = Array.from({ length: 60 }, (_, second) => `${two(second)}.`);
const MILLISECONDS = Array.from({ length: 1_000 }, (_, millisecond) => `${String(millisecond).padStart(3, '0')}Z`);

/** Writes times that follow each other as Date.toISOString does, in a tenth of the time: most share their day. */
export class InstantWriter {
  private day = Number.NaN;
  /** `2026-01-01T`. */
  private date = '';

  /** @param time whole milliseconds. Null: JavaScript knows no such time */
  write(time: number): Instant | null {
    if (!(Math.abs(time) <= FURTHEST)) return null;
    const day = Math.floor(time / DAY_MS);
    if (day !== this.day) {
      this.date = new Date(day * DAY_MS).toISOString().replace(/T.*/, 'T');
      this.day = day;
    }
    const ofDay = time - day * DAY_MS;
    const [minute, second, millisecond] = [Math.floor(ofDay / 60_000), Math.floor(ofDay / 1_000) % 60, ofDay % 1_000];
    return `${this.date}${MINUTES[minute]}${SECONDS[second]}${MILLISECONDS[millisecond]}`;
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

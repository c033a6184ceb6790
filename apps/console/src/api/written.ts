let last = 0n;

/** Notes how far the log was after a write of this page. */
export function noteWritten(position: string | null): void {
  if (position !== null && BigInt(position) > last) last = BigInt(position);
}

/** For reads: wait until the read model has what this page wrote. */
export function afterWritten(): { readonly after?: string } {
  return last === 0n ? {} : { after: last.toString() };
}

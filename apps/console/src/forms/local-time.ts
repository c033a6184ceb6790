/** For `datetime-local`: a moment in the reader's time, as exactly as it is known. */
export function toLocalInput(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().replace(/(?::00)?(?:\.000)?Z$/, '');
}

/** For `datetime-local`: now, to the minute. */
export function nowAsInput(): string {
  return toLocalInput(new Date()).slice(0, 'yyyy-mm-ddThh:mm'.length);
}

/** As the API takes it; '' stays '' and is refused there. */
export function fromLocalInput(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

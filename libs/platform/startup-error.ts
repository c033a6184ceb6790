/** A message for the person who started the program; no stack is needed to act on it. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

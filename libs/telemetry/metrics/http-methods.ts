const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** One that routes have; the others are one label together. */
export function isKnownMethod(method: string): boolean {
  return METHODS.has(method);
}

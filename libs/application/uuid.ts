const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids are lower-case UUIDs; slugs and keys may not look like one. */
export function isId(ref: string): boolean {
  return UUID.test(ref);
}

// biome-ignore lint/complexity/noBannedTypes: Nest hands handlers out as Function
type Handler = Function;

/**
 * What the decorators of a handler say of it, found once: it is the same for each request, and Reflect would look for it
 * along the prototypes of functions.
 */
export function foundOnce<Fact extends string | boolean | null>(
  find: (handler: Handler) => Fact,
): (handler: Handler) => Fact {
  const facts = new WeakMap<Handler, Fact>();
  return (handler) => {
    const known = facts.get(handler);
    if (known !== undefined) return known;
    const fact = find(handler);
    facts.set(handler, fact);
    return fact;
  };
}

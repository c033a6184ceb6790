// biome-ignore lint/complexity/noBannedTypes: Nest hands handlers out as Function
export type Handler = Function;

/**
 * What the decorators of a handler say of it, found once: it is the same for each request, and Reflect would look for it
 * along the prototypes of functions.
 */
export function foundOnce<Fact extends object | string | boolean | null, Rest extends readonly unknown[]>(
  find: (handler: Handler, ...rest: Rest) => Fact,
): (handler: Handler, ...rest: Rest) => Fact {
  const facts = new WeakMap<Handler, Fact>();
  return (handler, ...rest) => {
    const known = facts.get(handler);
    if (known !== undefined) return known;
    const fact = find(handler, ...rest);
    facts.set(handler, fact);
    return fact;
  };
}

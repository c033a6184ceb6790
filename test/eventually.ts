/** Looks again and again until there is something; for what comes about by itself. */
export async function eventually<T>(look: () => Promise<T | null | undefined>): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
    if (Date.now() > end) throw new Error('It did not come to that within 20 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

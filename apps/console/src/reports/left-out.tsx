/** What figures that are narrowed to a desk or topic do not hold, in the words of the API. */
export function LeftOut({ text }: { readonly text: string | null | undefined }) {
  if (text === null || text === undefined) return null;
  return (
    <p className="hint">
      <strong>Left out:</strong> {text}
    </p>
  );
}

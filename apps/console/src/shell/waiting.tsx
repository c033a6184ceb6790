/** Said aloud, and shown only when it takes long enough to be noticed (see `.waiting`). */
export function Waiting({ what }: { readonly what: string }) {
  return (
    <p className="waiting" role="status">
      Loading {what} …
    </p>
  );
}

/** Shape, colour and word. */
export function Sign({ ok, word }: { readonly ok: boolean; readonly word: string }) {
  return (
    <span className={ok ? 'sign sign-ok' : 'sign sign-bad'}>
      <span aria-hidden="true">{ok ? '●' : '▲'}</span> {word}
    </span>
  );
}

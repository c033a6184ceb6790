export function Fault({ text }: { readonly text: string }) {
  return (
    <p className="refusal" role="alert">
      {text}
    </p>
  );
}

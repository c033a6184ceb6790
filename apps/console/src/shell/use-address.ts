import { useSearchParams } from 'wouter';

type Parts<Name extends string> = { readonly [Part in Name]: string };

/**
 * Parts of the address, '' for those that it does not have: what is kept there can be gone back to and sent. A change
 * takes the place of the address that was.
 */
export function useAddress<Name extends string>(
  names: readonly Name[],
): [Parts<Name>, (changed: Partial<Parts<Name>>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const parts = Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? ''])) as Parts<Name>;
  const change = (changed: Partial<Parts<Name>>) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries<string | undefined>(changed)) {
          if (value) after.set(name, value);
          else after.delete(name);
        }
        return after;
      },
      { replace: true },
    );
  return [parts, change];
}

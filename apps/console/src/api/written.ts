/** For reads: wait until the read model has what this page wrote. */
export function afterWritten(): { readonly after?: string } {
  return {};
}

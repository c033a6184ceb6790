import type { Source } from '../api/types.js';

/** What has to be known of a source wherever it is named. */
export function SourceTags({ source }: { readonly source: Source }) {
  const { trustedConduit, sealed, identityErased } = source;
  return (
    <span className="tags">
      {trustedConduit && <span className="tag">trusted conduit</span>}
      {sealed && <span className="tag">{identityErased ? 'identity erased' : 'sealed'}</span>}
    </span>
  );
}

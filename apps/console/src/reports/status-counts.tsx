import { StatusGlyph } from '../status/status-glyph.js';
import { isStatus, wordOf } from '../status/status-meanings.js';

/** A bar of all, each status with its share of it, and the same in words. */
export function StatusCounts({ counts }: { readonly counts: Readonly<Record<string, number>> }) {
  const shown = Object.entries(counts).flatMap(([status, count]) =>
    isStatus(status) && count > 0 ? [{ status, count }] : [],
  );
  if (shown.length === 0) return '–';
  return (
    <div className="status-counts">
      <div className="stack" aria-hidden="true">
        {shown.map(({ status, count }) => (
          <span key={status} className={`tone-${status}`} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul>
        {shown.map(({ status, count }) => (
          <li key={status} className={`tone-${status}`}>
            <StatusGlyph status={status} /> {count} {wordOf(status).toLowerCase()}
          </li>
        ))}
      </ul>
    </div>
  );
}

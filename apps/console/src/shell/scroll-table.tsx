import type { ReactNode } from 'react';

interface ScrollTableProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** A table that may be wider than the page: then it scrolls, by keyboard too, and the page does not. */
export function ScrollTable({ label, children }: ScrollTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="table-scroll" tabIndex={0} aria-label={`Table: ${label}`}>
      <table>{children}</table>
    </section>
  );
}

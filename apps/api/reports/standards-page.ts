import { createHash } from 'node:crypto';
import { Eta } from 'eta';
import type { StandardsSection } from './standards-sections.js';

export interface StandardsPage {
  readonly from: string;
  readonly to: string;
  readonly desk: string | null;
  readonly topic: string | null;
  readonly madeAt: string;
  readonly position: string;
  readonly smallBelow: number;
  readonly sections: readonly StandardsSection[];
}

const STYLE = `
  :root { color-scheme: light; }
  body { font: 11pt/1.45 "Source Serif 4", Georgia, serif; color: #1a1a1a; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.8rem; margin: 0; }
  h2 { font-size: 1.15rem; margin: 2rem 0 .25rem; break-after: avoid; }
  .about, .meaning, footer { color: #444; }
  .meaning { margin: 0 0 .5rem; max-width: 44rem; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; font: 10pt/1.35 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
  th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid #ccc; vertical-align: top; }
  th:first-child, td:first-child, .text { text-align: left; }
  thead th { border-bottom: 2px solid #444; }
  tr { break-inside: avoid; }
  tr.all td { font-weight: 600; }
  tr.small td { color: #555; }
  footer { margin-top: 2rem; border-top: 1px solid #ccc; padding-top: .5rem; font-size: .9rem; }
  @media print { body { margin: 0; max-width: none; padding: 0; } .scroll { overflow: visible; } @page { margin: 18mm 15mm; } }
`;

/** The page has nothing but itself: no script, and only this very style. */
export const STANDARDS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/* `<%=` writes text, with everything that means something in HTML escaped. */
const TEMPLATE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Standards report, <%= it.from %> to <%= it.to %></title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Standards report</h1>
<p class="about"><%= it.from %> to <%= it.to %> (UTC days, both included)<% if (it.desk !== null) { %> &middot; desk <%= it.desk %><% } %><% if (it.topic !== null) { %> &middot; topic <%= it.topic %><% } %></p>
</header>
<main>
<% for (const section of it.sections) { %>
<section>
<h2><%= section.title %></h2>
<p class="meaning"><%= section.meaning %></p>
<% if (section.rows.length === 0) { %>
<p>None in this period.</p>
<% } else { %>
<div class="scroll"><table>
<thead><tr><% for (const column of section.columns) { if (column === '') { %><td></td><% continue } %><th scope="col"<% if (section.texts.includes(column)) { %> class="text"<% } %>><%= column %></th><% } %></tr></thead>
<tbody>
<% for (const row of section.rows) { %>
<tr<% if (row.kind !== '') { %> class="<%= row.kind %>"<% } %>><% row.cells.forEach((cell, index) => { %><td<% if (section.texts.includes(section.columns[index])) { %> class="text"<% } %>><%= cell %></td><% }) %></tr>
<% } %>
</tbody>
</table></div>
<% } %>
</section>
<% } %>
</main>
<footer>
<p>&dagger; rests on fewer than <%= it.smallBelow %> cases, which say little. A dash: no case. Durations: median, then the middle half, then what nine of ten stay below.</p>
<p>Made by Storyledger on <%= it.madeAt %> from everything recorded up to position <%= it.position %>. What counts is when this newsroom recorded it; the definitions are in docs/reports.md.</p>
</footer>
</body>
</html>
`;

const eta = new Eta({ autoEscape: true, cache: true });
eta.loadTemplate('@standards', TEMPLATE);

export function standardsPage(page: StandardsPage): string {
  return eta.render('@standards', page);
}

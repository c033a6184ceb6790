import type { ReplayRecord } from '#replay';

export interface ReplayPage {
  readonly headline: string;
  readonly slug: string;
  readonly threadId: string;
  /** Such as `standard-1`. */
  readonly policy: string;
  readonly madeAt: string;
  readonly madeBy: string;
  readonly steps: readonly ReplayRecord[];
  /** The file of each event, by its id. */
  readonly files: ReadonlyMap<string, string>;
}

/** The replay as a page for people: no script, nothing from elsewhere, made to be printed. */
export function replayPage(page: ReplayPage): string {
  const { headline, slug, threadId, policy, madeAt, madeBy, steps } = page;
  const last = steps.at(-1);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(headline)}: how the story evolved</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${text(headline)}</h1>
<p>Thread ${text(slug)} (${text(threadId)}). ${steps.length} steps, times in UTC. After the last one it stands
<strong>${text(words(last?.threadStatus ?? 'open'))}</strong>, by the policy ${text(policy)}. Made on ${text(madeAt)} for
${text(madeBy)}. Whether this page and the events behind it are what the newsroom recorded, verify.mjs says: see
README.txt.</p>
<h2>The claims after the last step</h2>
<table><thead><tr><th>Claim</th><th>Stands</th><th>Rule</th></tr></thead><tbody>
${claimRows(steps)}
</tbody></table>
<h2>Step by step</h2>
<table><thead><tr><th>Recorded</th><th>No.</th><th>What happened</th><th>What changed</th><th>Recorded by</th><th>Proof</th></tr></thead><tbody>
${steps.map((step) => stepRow(step, page.files)).join('\n')}
</tbody></table>
</body>
</html>
`;
}

function claimRows(steps: readonly ReplayRecord[]): string {
  const claims = new Map(steps.flatMap((step) => step.claims).map((claim) => [claim.claimId, claim]));
  const rows = [...claims.values()].map(({ statement, key, to }) => {
    const name = key === null ? text(statement) : `${text(statement)} <small>${text(key)}</small>`;
    const how = to === null ? 'has left the thread' : standing(to);
    return `<tr><td>${name}</td><td>${how}</td><td>${text(to?.rule ?? '')}</td></tr>`;
  });
  return rows.join('\n');
}

function stepRow(step: ReplayRecord, files: ReadonlyMap<string, string>): string {
  const { recordedAt, revision, sentence, statedAt, claims, thread, actor, eventId } = step;
  const said = statedAt === null ? '' : `<br><small>said ${text(statedAt)}</small>`;
  const changes = claims.map(({ key, statement, from, to }) => {
    const after = to === null ? 'has left the thread' : `${standing(to)} <small>${text(to.rule)}</small>`;
    return `${text(key ?? statement)}: ${from === null ? 'new' : standing(from)} → ${after}`;
  });
  if (thread !== null) changes.push(`the thread: ${text(words(thread.from ?? 'new'))} → ${text(words(thread.to))}`);
  const file = files.get(eventId) ?? '';
  return (
    `<tr><td>${text(recordedAt)}</td><td>${text(revision)}</td><td>${text(sentence)}${said}</td>` +
    `<td>${changes.join('<br>')}</td><td>${text(actor.name)}</td><td><a href="${text(file)}">${text(file)}</a></td></tr>`
  );
}

function standing({ status, basis, challenged }: NonNullable<ReplayRecord['claims'][number]['to']>): string {
  const notes = [basis, challenged ? 'challenged' : null].filter((note) => note !== null);
  return `${text(words(status))}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
}

function words(status: string): string {
  return status.replaceAll('_', ' ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function text(value: string): string {
  return value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1b1b; background: #fff }
table { border-collapse: collapse; width: 100% } th, td { border: 1px solid #c8c8c8; padding: .35rem .5rem; text-align: left; vertical-align: top }
th { background: #f1f1f1 } small { color: #595959 } td:first-child { white-space: nowrap }
@media print { body { margin: 0; font-size: 10px } a { color: inherit; text-decoration: none } }
`;

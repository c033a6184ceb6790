import { CLAIM_STATUSES, THREAD_STATUSES } from '#domain';
import type { Durations, OldestQuestion, ReportGroup, ReportQueries } from '#read-models';
import { SMALL_BELOW, share } from './report-small.js';

type Result<Name extends keyof ReportQueries> = ReportQueries[Name] extends (...given: never[]) => Promise<infer Value>
  ? Value
  : never;

export interface StandardsFigures {
  readonly statuses: Result<'statuses'>;
  readonly secondSource: Result<'secondSource'>;
  readonly settling: Result<'settling'>;
  readonly reversals: Result<'reversals'>;
  readonly denials: Result<'denials'>;
  readonly takeBacks: Result<'takeBacks'>;
  readonly echoes: Result<'echoes'>;
  readonly refusals: Result<'refusals'>;
  readonly openQuestions: Result<'openQuestions'>;
}

/** One table of the page, all in words as they are to be read. */
export interface StandardsSection {
  readonly title: string;
  /** What is counted. */
  readonly meaning: string;
  readonly columns: readonly string[];
  /** Columns, besides the first, that hold text. */
  readonly texts: readonly string[];
  readonly rows: readonly { readonly kind: '' | 'all' | 'small'; readonly cells: readonly string[] }[];
}

/** Sources that the page names; the report itself has all. */
const MOST_SOURCES = 15;

export function standardsSections(figures: StandardsFigures): readonly StandardsSection[] {
  const { secondSource, settling, reversals, denials, takeBacks, echoes, refusals, openQuestions } = figures;
  return [
    statusSection(figures.statuses),
    timeline(figures.statuses),
    section(
      'Time to the second source',
      'From the first firm voice for a claim to the second, of claims that got their second in the period. Sources: who spoke first.',
      ['Claims', 'Recorded', 'Said', 'Still waiting'],
      secondSource,
      ({ recorded, stated, waiting }) => [span(recorded), span(stated), `${waiting}`],
    ),
    section(
      'Time to confirm or deny',
      'From opening a claim to showing it as confirmed or denied for the first time; and from the first word on it to the word that did so. Sources: whose words counted for what was shown.',
      ['Claims', 'Confirmed', 'Denied', 'Recorded', 'Said'],
      settling,
      ({ confirmed, denied, recorded, stated }) => [`${confirmed}`, `${denied}`, span(recorded), span(stated)],
    ),
    section(
      'Reversals',
      'Claims first shown as confirmed in the period, and those of them that were later shown as something else. Sources: whose words counted for the claim then.',
      ['Confirmed', 'Fallen', 'By our own slip', 'Rate'],
      reversals,
      ({ cases, fallen, fallenByVoid }) => [`${fallen}`, `${fallenByVoid}`, percent(fallen, cases)],
    ),
    section(
      'Denials',
      'Claims that sources denied in the period, and those of them that others confirmed later.',
      ['Denied', 'Later confirmed', 'Rate'],
      denials,
      ({ cases, laterConfirmed }) => [`${laterConfirmed}`, percent(laterConfirmed, cases)],
    ),
    section(
      'Taken back',
      'Words that their sources retracted or corrected, and slips of our own that we voided. Durations: how long the words had stood.',
      ['Cases', 'Retracted', 'Corrected', 'Voided', 'Stood, recorded'],
      takeBacks,
      ({ retracted, corrected, voided, recorded }) => [`${retracted}`, `${corrected}`, `${voided}`, span(recorded)],
    ),
    section(
      'Echoes',
      'Attributions recorded in the period, and those that only repeat what their speaker had said.',
      ['Attributions', 'Echoes', 'Share'],
      echoes,
      ({ cases, echoes: repeats }) => [`${repeats}`, percent(repeats, cases)],
    ),
    section(
      'Comment declined',
      'How often sources declined to comment, and on how many claims.',
      ['Times', 'Claims'],
      refusals,
      ({ claims }) => [`${claims}`],
    ),
    section(
      'Open questions by age',
      'Claims that nobody has settled now, opened up to the end of the period, by the time since they were opened.',
      ['Claims', 'Age'],
      openQuestions.rows,
      ({ age }) => [span(age)],
    ),
    oldestSection(openQuestions.oldest),
  ];
}

function section<Row extends ReportGroup>(
  title: string,
  meaning: string,
  columns: readonly string[],
  rows: readonly Row[],
  figuresOf: (row: Row) => readonly string[],
): StandardsSection {
  const sources = rows.filter(({ by }) => by === 'source').slice(0, MOST_SOURCES);
  const shown = rows.filter(({ by }) => by !== 'source' && by !== 'actor');
  return {
    title,
    meaning,
    columns: ['', ...columns],
    texts: [],
    rows: [...shown, ...sources].map((row) => ({
      kind: row.by === 'all' ? 'all' : row.cases < SMALL_BELOW ? 'small' : '',
      cells: [nameOf(row), `${row.cases}${row.cases > 0 && row.cases < SMALL_BELOW ? ' †' : ''}`, ...figuresOf(row)],
    })),
  };
}

const AGES: Readonly<Record<string, string>> = {
  under_1_day: 'Under a day',
  '1_to_7_days': '1 to 7 days',
  '7_to_30_days': '7 to 30 days',
  over_30_days: 'Over 30 days',
};

function nameOf({ by, key, label }: ReportGroup): string {
  switch (by) {
    case 'all':
      return 'All';
    case 'interval':
      return `From ${key}`;
    case 'desk':
      return `Desk ${key ?? 'none'}`;
    case 'age':
      return AGES[key ?? ''] ?? '';
    case 'source':
    case 'actor':
    case 'batch':
      return label ?? key ?? '';
  }
}

function statusSection([all]: StandardsFigures['statuses']): StandardsSection {
  const names = [...new Set<string>([...CLAIM_STATUSES, ...THREAD_STATUSES])];
  const count = (of: object | undefined, name: string) => (of as Record<string, number> | undefined)?.[name] ?? 0;
  const rows = names
    .map((name) => ({ name, claims: count(all?.claims, name), threads: count(all?.threads, name) }))
    .filter(({ claims, threads }) => claims + threads > 0);
  return {
    title: 'Status at the end',
    meaning: 'How many claims and threads showed each status at the end of the last day.',
    columns: ['Status', 'Claims', 'Threads'],
    texts: [],
    rows: rows.map(({ name, claims, threads }) => ({ kind: '', cells: [words(name), `${claims}`, `${threads}`] })),
  };
}

function timeline(statuses: StandardsFigures['statuses']): StandardsSection {
  const intervals = statuses.filter(({ by }) => by === 'interval');
  const shown = CLAIM_STATUSES.filter((status) => intervals.some(({ claims }) => claims[status] > 0));
  return {
    title: 'Status over time',
    meaning: 'How many claims showed each status at the end of each interval.',
    columns: ['From', ...shown.map(words)],
    texts: [],
    rows:
      shown.length === 0
        ? []
        : intervals.map(({ key, claims }) => ({
            kind: '',
            cells: [key ?? '', ...shown.map((status) => `${claims[status]}`)],
          })),
  };
}

function oldestSection(oldest: readonly OldestQuestion[]): StandardsSection {
  return {
    title: 'The oldest open questions',
    meaning: 'At most twenty.',
    columns: ['Claim', 'Thread', 'Desk', 'Status', 'Opened', 'Age'],
    texts: ['Thread', 'Desk', 'Status'],
    rows: oldest.map(({ statement, slug, desk, status, openedAt, ageSeconds }) => ({
      kind: '',
      cells: [statement, slug, desk, words(status), openedAt.slice(0, 10), duration(ageSeconds)],
    })),
  };
}

function words(status: string): string {
  return status.replaceAll('_', ' ');
}

function percent(part: number, cases: number): string {
  const of = share(part, cases);
  return of === null ? '–' : `${Math.round(of * 1_000) / 10} %`;
}

/** Such as "3 h 10 min (1 h to 9 h; 90 % under 2 d)". */
function span({ cases, p25, median, p75, p90 }: Durations): string {
  if (p25 === null || median === null || p75 === null || p90 === null) return '–';
  if (cases < SMALL_BELOW) return duration(median);
  return `${duration(median)} (${duration(p25)} to ${duration(p75)}; 90 % under ${duration(p90)})`;
}

/** In the two largest units that say something. */
function duration(seconds: number): string {
  const sign = seconds < 0 ? '−' : '';
  const whole = Math.round(Math.abs(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3_600), 'h'],
    [Math.floor((whole % 3_600) / 60), 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return '0 s';
  const said = parts.slice(first, first + 2).filter(([n]) => n > 0);
  return `${sign}${said.map(([n, unit]) => `${n} ${unit}`).join(' ')}`;
}

import { styleText } from 'node:util';
import { type ClaimStatus, type Instant, nameOfPolicy, type ThreadStatus } from '#domain';
import type { ThreadFold } from '#read-models';
import { echoesOf, type Names, type ReplayStep, tell } from '#replay';

export interface Timeline {
  /** The thread after the last step. */
  readonly fold: ThreadFold;
  readonly steps: readonly ReplayStep[];
  readonly names: Names;
  readonly colour: boolean;
  /** Not all the way to now. */
  readonly isPast: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const INDENT = ' '.repeat(20);

/** Lines for a terminal: what the thread is, then a day after the other, each step with what came of it. */
export function timeline({ fold, steps, names, colour, isPast }: Timeline): readonly string[] {
  const paint: Paint = colour ? styleText : (_, text) => text;
  const lines = [...heading(fold, steps.length, isPast, paint)];
  let day = '';
  for (const step of steps) {
    const today = dayOf(step.stored.recordedAt);
    if (today !== day) lines.push('', paint('bold', `Recorded on ${today}`));
    day = today;
    lines.push(...stepLines(step, names, paint));
  }
  return lines;
}

function* heading({ state, assessment, last }: ThreadFold, steps: number, isPast: boolean, paint: Paint) {
  yield paint('bold', `${state.details?.slug}  ${state.details?.headline}`);
  const status = paint(COLOURS[assessment.status], assessment.status.replaceAll('_', ' '));
  const when = isPast ? `After revision ${last?.revision} it stood` : 'It stands';
  const mood = state.lifecycle === 'active' ? '' : ` and is ${state.lifecycle}`;
  yield `${when} ${status}${mood}, by the policy ${nameOfPolicy(assessment.policy)}. ${steps} ${steps === 1 ? 'step' : 'steps'}, times in UTC.`;
  const open = assessment.openQuestions.map((claimId) => state.claims.get(claimId)?.key ?? claimId);
  if (open.length > 0) yield `Open questions: ${open.join(', ')}`;
}

function* stepLines(step: ReplayStep, names: Names, paint: Paint) {
  const { stored, standing, threadStatus } = step;
  const { deed, outcome, others } = tell(step, names);
  const said = 'statedAt' in stored.event.data ? paint('dim', `  said ${minuteOf(stored.event.data.statedAt)}`) : '';
  const where = `${stored.recordedAt.slice(11, 19)}  ${stored.revision.toString().padStart(5)}`;
  yield `  ${paint('dim', where)}   ${deed}${said}`;
  if (outcome !== null)
    yield `${INDENT}${paint(standing === null ? 'dim' : colourOf(outcome, standing.status), outcome)}`;
  for (const { detail } of echoesOf(step)) yield `${INDENT}${paint('dim', `echo: ${detail}`)}`;
  for (const other of others) yield `${INDENT}${paint(COLOURS[threadStatus], other)}`;
}

/** What stays as it was is no news. */
function colourOf(outcome: string, status: ClaimStatus): Style {
  return outcome.startsWith('still ') ? 'dim' : COLOURS[status];
}

const COLOURS: Readonly<Record<ClaimStatus | ThreadStatus, Style>> = {
  open: 'dim',
  no_comment: 'dim',
  retracted: 'red',
  unverified: 'yellow',
  doubted: 'yellow',
  tentative: 'yellow',
  reported: 'cyan',
  corroborated: 'blue',
  confirmed: 'green',
  disputed: 'magenta',
  denied: 'red',
  moot: 'dim',
  lapsed: 'dim',
  settled: 'dim',
  mixed: 'magenta',
  partly_confirmed: 'green',
  developing: 'cyan',
};

function dayOf(instant: Instant): string {
  return DAY.format(new Date(instant));
}

function minuteOf(instant: Instant): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)}`;
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });

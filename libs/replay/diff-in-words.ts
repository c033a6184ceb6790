import type { AttributionId, AttributionRecord, SourceId } from '#domain';
import type { AttributionFound, ThreadDiff } from './diff.js';
import type { Names } from './names.js';
import type { ThreadThen } from './replay.js';
import { inWords, nameOfClaim, speakerName } from './sentence.js';

/** Whose names the words of a diff need. */
export function namesInDiff({ attributions }: ThreadDiff, before: ThreadThen, after: ThreadThen) {
  const ids = [...attributions.added, ...attributions.gone, ...attributions.changed].map((each) => each.attributionId);
  const speakers = ids.flatMap((id): SourceId[] => {
    const speaker = recordIn(id, before, after)?.speaker;
    return speaker ? [speaker.sourceId] : [];
  });
  return { sources: [...new Set(speakers)], threads: [] };
}

/** One line for each difference: statuses first, then what was said and what stopped or began to count. */
export function diffInWords(diff: ThreadDiff, before: ThreadThen, after: ThreadThen, names: Names): readonly string[] {
  const keys = new Map(
    [before, after].flatMap(({ fold }) => [...fold.state.claims.values()].map((claim) => [claim.claimId, claim])),
  );
  const claim = (claimId: string) => nameOfClaim(keys.get(claimId) ?? { key: claimId, statement: claimId });
  const who = (id: AttributionId) => {
    const record = recordIn(id, before, after);
    return record === undefined ? 'Somebody' : speakerName(record, names);
  };
  const word = ({ attributionId, stance, tentative, claimId, part }: AttributionFound) =>
    `${who(attributionId)}: ${tentative ? 'tentative ' : ''}${stance.replace('_', ' ')} on ${claim(claimId)}, ${partInWords(part)}`;
  return [
    ...(diff.thread === null ? [] : [`The thread: ${spaced(diff.thread.from)} -> ${spaced(diff.thread.to)}`]),
    ...(diff.lifecycle === null ? [] : [`The thread was ${diff.lifecycle.from} and is ${diff.lifecycle.to}`]),
    ...(diff.policy === null ? [] : [`It is judged by ${diff.policy.to} instead of ${diff.policy.from}`]),
    ...diff.details.map(({ field, from, to }) => `The ${field}: "${from}" -> "${to}"`),
    ...diff.claims.flatMap((each) => {
      const name = nameOfClaim(each);
      if (each.from === null && each.to !== null) return [`${name} is new: ${inWords(each.to)}`];
      if (each.to === null) return [`${name} is gone`];
      const stands = each.from === null ? '' : `${inWords(each.from)} -> ${inWords(each.to)}`;
      const moved = each.from !== null && inWords(each.from) !== inWords(each.to) ? [`${name}: ${stands}`] : [];
      const reworded = each.reworded === null ? [] : [`${name} now reads "${each.reworded.to}"`];
      const ruled = each.ruling === null ? [] : [`${name}: ${rulingInWords(each.ruling)}`];
      return [...moved, ...reworded, ...ruled];
    }),
    ...diff.attributions.added.map((each) => `Added: ${word(each)}`),
    ...diff.attributions.gone.map((each) => `Gone: ${word(each)}`),
    ...diff.attributions.changed.map(({ attributionId, claimId, to, takenBack }) => {
      const why = takenBack === null ? '' : ` (${takenBack.reason})`;
      return `${who(attributionId)} on ${claim(claimId)} now ${partInWords(to)}${why}`;
    }),
  ];
}

function recordIn(id: AttributionId, before: ThreadThen, after: ThreadThen): AttributionRecord | undefined {
  return after.fold.state.attributions.get(id) ?? before.fold.state.attributions.get(id);
}

function partInWords({ counted, setAside }: AttributionFound['part']): string {
  if (counted !== null) return `counts ${counted} it`;
  return setAside === null ? 'does not count' : `is set aside: ${spaced(setAside)}`;
}

function rulingInWords({ from, to }: NonNullable<ThreadDiff['claims'][number]['ruling']>): string {
  if (to === null) return `the ruling "${from?.status}" is lifted`;
  return `ruled ${spaced(to.status)} (${to.reason})`;
}

function spaced(word: string): string {
  return word.replaceAll('_', ' ');
}

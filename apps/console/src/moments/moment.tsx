const ABSOLUTE = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const PRECISE = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'full',
  timeStyle: 'long',
  hourCycle: 'h23',
});
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

export function momentText(at: string): string {
  return ABSOLUTE.format(new Date(at));
}

/** In the reader's time zone; the tooltip says which. */
export function Moment({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={PRECISE.format(new Date(at))}>
      {momentText(at)}
    </time>
  );
}

/** How long ago, up to a week; the day after that. */
export function Ago({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={PRECISE.format(new Date(at))}>
      {agoText(new Date(at).getTime(), Date.now())}
    </time>
  );
}

function agoText(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  if (Math.abs(seconds) < 45) return 'just now';
  if (Math.abs(seconds) > 7 * 86_400) return DAY.format(at);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? (['minute', 60] as const);
  return RELATIVE.format(Math.round(seconds / size) || -1, unit);
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** Such as `2 d 4 h`; two units at the most. */
export function spanText(seconds: number | null): string {
  if (seconds === null) return '–';
  const whole = Math.round(seconds);
  const [unit, size] = UNITS.find(([, length]) => whole >= length) ?? (['s', 1] as const);
  const count = Math.floor(whole / size);
  const next = UNITS[UNITS.findIndex(([name]) => name === unit) + 1];
  const rest = next === undefined || unit === 's' ? 0 : Math.floor((whole - count * size) / next[1]);
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${next?.[0] ?? ''}`;
}

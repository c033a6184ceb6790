/** Upper bounds in steps of 1, 2.5 and 5 times a power of ten, from `first` to `last`. */
export function buckets(first: number, last: number): number[] {
  const bounds: number[] = [];
  for (let power = Math.round(Math.log10(first)); 10 ** power <= last; power++) {
    for (const step of [1, 2.5, 5]) bounds.push(Number((step * 10 ** power).toPrecision(2)));
  }
  return bounds.filter((bound) => bound <= last);
}

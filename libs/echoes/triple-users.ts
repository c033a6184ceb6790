/** Of a phrase that everybody uses the first users are remembered: an origin is early. */
const MOST_SHARING = 200;
const FIRST_ROOM = 32;
/** The triple, its user, and 1 + the place of the pair before in the same bucket, 0 where there is none. */
const PAIR = 3;

/**
 * Which texts, by number, hold which triples of words. A text of twenty words has as many, and a map with an entry for each
 * would take more memory than all else that is kept of it: here a pair takes some 20 bytes, outside of the heap that the
 * garbage collector walks through.
 */
export class TripleUsers {
  private pairs = new Int32Array(PAIR * FIRST_ROOM);
  /** By bucket, 1 + the place of its last pair. There are as many as there is room for pairs, a power of two. */
  private buckets = new Int32Array(FIRST_ROOM);
  private count = 0;

  add(triple: number, user: number): void {
    let users = 0;
    this.each(triple, () => {
      users++;
    });
    if (users === MOST_SHARING) return;
    if (this.count === this.buckets.length) this.grow();
    this.pairs[PAIR * this.count] = triple;
    this.pairs[PAIR * this.count + 1] = user;
    this.chain(this.count++);
  }

  /** In no order. */
  each(triple: number, see: (user: number) => void): void {
    const { pairs, buckets } = this;
    for (let next = buckets[this.bucketOf(triple)] ?? 0; next > 0; ) {
      const pair = PAIR * (next - 1);
      if (pairs[pair] === triple) see(pairs[pair + 1] ?? 0);
      next = pairs[pair + 2] ?? 0;
    }
  }

  private chain(place: number): void {
    const bucket = this.bucketOf(this.pairs[PAIR * place] ?? 0);
    this.pairs[PAIR * place + 2] = this.buckets[bucket] ?? 0;
    this.buckets[bucket] = place + 1;
  }

  /** The high bits of the product depend on all bits of the triple. */
  private bucketOf(triple: number): number {
    return Math.imul(triple, 0x9e3779b1) >>> (Math.clz32(this.buckets.length) + 1);
  }

  private grow(): void {
    const pairs = new Int32Array(2 * this.pairs.length);
    pairs.set(this.pairs);
    this.pairs = pairs;
    this.buckets = new Int32Array(2 * this.buckets.length);
    for (let place = 0; place < this.count; place++) this.chain(place);
  }
}

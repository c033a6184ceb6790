/** A map that is filled when somebody first looks into it: of a view of the past most maps are never asked for. */
export class MapMadeLate<Key, Value> extends Map<Key, Value> {
  private make: (() => Iterable<readonly [Key, Value]>) | null;

  constructor(make: () => Iterable<readonly [Key, Value]>) {
    super();
    this.make = make;
  }

  override get size(): number {
    return this.made().superSize();
  }

  override get(key: Key): Value | undefined {
    this.made();
    return super.get(key);
  }

  override has(key: Key): boolean {
    this.made();
    return super.has(key);
  }

  override set(key: Key, value: Value): this {
    this.made();
    return super.set(key, value);
  }

  override delete(key: Key): boolean {
    this.made();
    return super.delete(key);
  }

  override clear(): void {
    this.make = null;
    super.clear();
  }

  override forEach(each: (value: Value, key: Key, map: Map<Key, Value>) => void): void {
    this.made();
    super.forEach(each);
  }

  override keys(): MapIterator<Key> {
    this.made();
    return super.keys();
  }

  override values(): MapIterator<Value> {
    this.made();
    return super.values();
  }

  override entries(): MapIterator<[Key, Value]> {
    this.made();
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  private superSize(): number {
    return super.size;
  }

  private made(): this {
    const { make } = this;
    if (make === null) return this;
    this.make = null;
    for (const [key, value] of make()) super.set(key, value);
    return this;
  }
}

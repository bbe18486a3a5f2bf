/** What stands in one order at a time. */
export interface Standing {
  /** Where it stands: the order writes it. */
  at: number;
}

/**
 * Things in order, of which only the first is ever asked for: a binary heap in which each knows its place, so that it
 * can leave from anywhere. Coming and going cost O(log n); nothing is kept of what has left.
 */
export class Order<Item extends Standing> {
  /** Negative where the first of two comes before the second; the same for as long as both stand. */
  readonly #compare: (a: Item, b: Item) => number;
  readonly #heap: Item[] = [];

  constructor(compare: (a: Item, b: Item) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#heap.length;
  }

  get first(): Item | null {
    return this.#heap[0] ?? null;
  }

  add(item: Item): void {
    this.#heap.push(item);
    this.#rise(item, this.#heap.length - 1);
  }

  /** @throws RangeError where the item doesn't stand in this order. */
  remove(item: Item): void {
    const { at } = item;
    if (this.#heap[at] !== item) throw new RangeError(`what is removed doesn't stand at ${at}`);
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    // Whoever takes the place may belong above it as well as below.
    this.#rise(last, at);
    this.#sink(last, last.at);
  }

  #rise(item: Item, from: number): void {
    let at = from;
    while (at > 0) {
      const above = this.#on((at - 1) >> 1);
      if (this.#compare(above, item) <= 0) break;
      this.#put(above, at);
      at = (at - 1) >> 1;
    }
    this.#put(item, at);
  }

  #sink(item: Item, from: number): void {
    const { length } = this.#heap;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#compare(this.#on(child + 1), this.#on(child)) < 0) child++;
      const below = this.#on(child);
      if (this.#compare(item, below) <= 0) break;
      this.#put(below, at);
      at = child;
    }
    this.#put(item, at);
  }

  #put(item: Item, at: number): void {
    this.#heap[at] = item;
    item.at = at;
  }

  #on(at: number): Item {
    const item = this.#heap[at];
    if (item === undefined) throw new RangeError(`nothing stands at ${at}`);
    return item;
  }
}

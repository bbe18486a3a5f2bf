export interface OrderOptions {
  /** An entry is so many numbers. */
  readonly width: number;
  /** Whether an entry stands still. */
  readonly stands: (entry: readonly number[]) => boolean;
  /** How many stand, about; where nobody knows, as many as did when it was last looked. */
  readonly count?: () => number;
}

/** Fewer are never looked through. */
const FEW = 32;

/**
 * Things in order, of which only the first is ever asked for: a binary heap of plain numbers. Whoever leaves says
 * nothing; an entry that stands no more is thrown out when it comes to the front, and all such now and then, so that
 * no more than as many are kept as stand. Coming costs O(log n), and an entry no object.
 */
export class Order {
  readonly #width: number;
  readonly #stands: (entry: readonly number[]) => boolean;
  /** Entry after entry. */
  #cells: number[] = [];
  readonly #count: () => number;
  /** How many stood when those that don't were last thrown out. */
  #kept = 0;

  /**
   * An entry is so many numbers, compared from the first to the last; the last names what stands there, so that two that
   * stand and have the same last are the same. `stands` tells whether an entry still does.
   */
  constructor({ width, stands, count = () => this.#kept }: OrderOptions) {
    this.#width = width;
    this.#stands = stands;
    this.#count = count;
  }

  /** How many entries are kept, whether they stand or not. */
  get size(): number {
    return this.#cells.length / this.#width;
  }

  /** The first that stands; null where none does. */
  first(): readonly number[] | null {
    while (this.#cells.length > 0) {
      const entry = this.#cells.slice(0, this.#width);
      if (this.#stands(entry)) return entry;
      this.#removeFirst();
    }
    return null;
  }

  add(...entry: readonly number[]): void {
    if (this.size >= Math.max(FEW, 2 * this.#count())) this.#tidy();
    this.#cells.push(...entry);
    this.#rise(this.size - 1);
  }

  #tidy(): void {
    const kept = new Map<number, readonly number[]>();
    for (let at = 0; at < this.#cells.length; at += this.#width) {
      const entry = this.#cells.slice(at, at + this.#width);
      if (this.#stands(entry)) kept.set(entry.at(-1) ?? 0, entry);
    }
    this.#cells = [];
    for (const entry of kept.values()) {
      this.#cells.push(...entry);
      this.#rise(this.size - 1);
    }
    this.#kept = kept.size;
  }

  #removeFirst(): void {
    const last = this.#cells.splice(-this.#width);
    if (this.#cells.length === 0) return;
    for (const [cell, value] of last.entries()) this.#cells[cell] = value;
    this.#sink(0);
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const above = (at - 1) >> 1;
      if (this.#compare(above, at) <= 0) return;
      this.#swap(above, at);
      at = above;
    }
  }

  #sink(from: number): void {
    for (let at = from; ;) {
      let child = 2 * at + 1;
      if (child >= this.size) return;
      if (child + 1 < this.size && this.#compare(child + 1, child) < 0) child += 1;
      if (this.#compare(at, child) <= 0) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #compare(a: number, b: number): number {
    for (let cell = 0; cell < this.#width; cell++) {
      const difference =
        (this.#cells[a * this.#width + cell] ?? 0) - (this.#cells[b * this.#width + cell] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #swap(a: number, b: number): void {
    for (let cell = 0; cell < this.#width; cell++) {
      const [left, right] = [a * this.#width + cell, b * this.#width + cell];
      const held = this.#cells[left] ?? 0;
      this.#cells[left] = this.#cells[right] ?? 0;
      this.#cells[right] = held;
    }
  }
}

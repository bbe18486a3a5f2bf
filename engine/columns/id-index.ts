import type { CountColumn } from './column.ts';

/** Finds the row of an id. Open addressing over row numbers: some ten bytes an id. Nothing is ever taken out. */
const FIRST_SLOTS = 128;
const MAX_LOAD = 0.8;

export class IdIndex {
  readonly #ids: Pick<CountColumn, 'get'>;
  /** One more than the row; 0 where there is none. */
  #slots = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  /** `ids` has the id of each row. */
  constructor(ids: Pick<CountColumn, 'get'>) {
    this.#ids = ids;
  }

  /** Null for an id that isn't there. */
  rowOf(id: number): number | null {
    const found = this.#slots[this.#slotOf(id)] ?? 0;
    return found === 0 ? null : found - 1;
  }

  /** The id of that row isn't there yet. */
  add(row: number): void {
    this.reserve(this.#size + 1);
    this.#put(row);
    this.#size += 1;
  }

  /** Makes room for so many in all. */
  reserve(size: number): void {
    let slots = this.#slots.length;
    while (size > slots * MAX_LOAD) slots *= 2;
    if (slots > this.#slots.length) this.#grow(slots);
  }

  #put(row: number): void {
    this.#slots[this.#slotOf(this.#ids.get(row))] = row + 1;
  }

  /** Where the id is, or belongs. */
  #slotOf(id: number): number {
    const mask = this.#slots.length - 1;
    let slot = scattered(id) & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0 || this.#ids.get(found - 1) === id) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(slots: number): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(slots);
    for (const found of before) if (found !== 0) this.#put(found - 1);
  }
}

/** The ids of a partition have in common how they multiply (partitionOf): so they are scattered in another way. */
function scattered(id: number): number {
  const mixed = Math.imul(id ^ (id >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

import type { Column } from './column.ts';

const FIRST_ROWS = 64;
/** By how much what holds something of each agent grows: little is wasted, and still nothing is copied often. */
export const GROWTH = 1.125;

/** How many rows some columns have, and room for, together. */
export class Room {
  readonly #columns: readonly Pick<Column<unknown>, 'reserve'>[];
  readonly #growth: number;
  #length = 0;
  #capacity = 0;

  constructor(columns: readonly Pick<Column<unknown>, 'reserve'>[], growth = GROWTH) {
    this.#columns = columns;
    this.#growth = growth;
  }

  get length(): number {
    return this.#length;
  }

  /** One more row, which is to be set before it is read. */
  add(): number {
    if (this.#length === this.#capacity)
      this.reserve(Math.max(FIRST_ROWS, Math.ceil(this.#capacity * this.#growth)));
    return this.#length++;
  }

  /** Room for so many rows in all. */
  reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    for (const column of this.#columns) column.reserve(rows);
    this.#capacity = rows;
  }
}

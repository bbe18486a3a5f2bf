import { QuantityOrNullColumn } from './column.ts';
import { Room } from './room.ts';

/** A moment for each of those who have one, by place; it grows as places come. Milliseconds, of whichever clock. */
export class Moments {
  readonly #moments = new QuantityOrNullColumn();
  readonly #room = new Room([this.#moments]);

  /** Null for who was given none. */
  get(place: number): number | null {
    return place < this.#room.length ? this.#moments.get(place) : null;
  }

  set(place: number, moment: number | null): void {
    while (this.#room.length <= place) this.#moments.set(this.#room.add(), null);
    this.#moments.set(place, moment);
  }
}

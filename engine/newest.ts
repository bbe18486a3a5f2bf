/**
 * The newest values by key, up to so many: the next one takes the place of the oldest. For so few, looking through all of
 * them is as fast as a Map, which takes three times as much room, and is made anew again and again by what comes and goes.
 */
export class Newest<Value extends number | string | object> implements Iterable<readonly [string, Value]> {
  readonly #limit: number;
  readonly #keys: string[] = [];
  readonly #values: Value[] = [];
  /** Where the oldest is, once there are so many. */
  #oldest = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: string): Value | undefined {
    const at = this.#keys.indexOf(key);
    return at === -1 ? undefined : this.#values[at];
  }

  /** One that is there already keeps its age. */
  set(key: string, value: Value): void {
    const known = this.#keys.indexOf(key);
    const at = known === -1 ? this.#free() : known;
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Iterator<readonly [string, Value]> {
    for (let age = 0; age < this.size; age++) {
      const at = (this.#oldest + age) % this.#limit;
      const key = this.#keys[at];
      const value = this.#values[at];
      if (key !== undefined && value !== undefined) yield [key, value];
    }
  }

  #free(): number {
    if (this.size < this.#limit) return this.size;
    const at = this.#oldest;
    this.#oldest = (at + 1) % this.#limit;
    return at;
  }
}

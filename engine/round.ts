/** Goes round a map, some entries at a time, whatever comes and goes meanwhile. */
export class Round<Key, Value> {
  readonly #map: ReadonlyMap<Key, Value>;
  #left: Iterator<readonly [Key, Value]> | null = null;

  constructor(map: ReadonlyMap<Key, Value>) {
    this.#map = map;
  }

  /** The next so many; fewer where a round ends. */
  *next(count: number): Iterable<readonly [Key, Value]> {
    this.#left ??= this.#map.entries();
    for (let taken = 0; taken < count; taken++) {
      const step = this.#left.next();
      if (step.done === true) return void (this.#left = null);
      yield step.value;
    }
  }
}

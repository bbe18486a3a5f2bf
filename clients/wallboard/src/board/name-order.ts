/**
 * The alphabetical place of each name. Comparing names by the rules of a language is slow and a board is sorted many
 * times a second, so places are worked out once and then compared as numbers.
 */
export class NameOrder {
  readonly #collator = new Intl.Collator('en-GB', { sensitivity: 'base', numeric: true });
  #places: ReadonlyMap<string, number> = new Map();

  /** The place of each of these names; worked out anew when a name is new. */
  placesOf(names: Iterable<string>): ReadonlyMap<string, number> {
    const all = new Set(names);
    if ([...all].every((name) => this.#places.has(name))) return this.#places;
    const sorted = [...all].sort((one, other) => this.#collator.compare(one, other));
    this.#places = new Map(sorted.map((name, place) => [name, place]));
    return this.#places;
  }
}

import { partitionOf, type Population } from './population.ts';
import type { Counted } from './tally.ts';

/**
 * Counts everybody whom a start has found, little by little: commands are taken meanwhile. Whoever changes before their
 * turn comes is counted as they are by then.
 */
export class Census {
  readonly #population: Population;
  readonly #count: (counted: Counted) => void;
  /** How many there were in each partition. */
  readonly #sizes: readonly number[];
  /** In the largest of them. */
  readonly #places: number;
  /** In each partition, those before it were counted. */
  #place = 0;

  constructor(population: Population, count: (counted: Counted) => void) {
    this.#population = population;
    this.#count = count;
    this.#sizes = population.partitions.map(({ directory }) => directory.size);
    this.#places = Math.max(...this.#sizes);
  }

  /** Whether the agent's turn is yet to come. Whoever has come since counted as absent before, or not at all. */
  awaits(agentId: number): boolean {
    const place = this.#population.of(agentId).directory.placeOf(agentId);
    return place !== null && place >= this.#place && place < (this.#sizes[partitionOf(agentId)] ?? 0);
  }

  /** Goes on while there is time for it; whether more are left. */
  next(hasTime: () => boolean): boolean {
    while (this.#place < this.#places && hasTime()) this.#countAt(this.#place++);
    return this.#place < this.#places;
  }

  /** Partition by partition in turns: whoever came at about the same time is often of the same team. */
  #countAt(place: number): void {
    for (const [id, { directory }] of this.#population.partitions.entries())
      if (place < (this.#sizes[id] ?? 0)) this.#count(directory.countedAt(place));
  }
}

import { seededRandom } from '../random.ts';

/** Random choices that numbers decide: the same numbers, the same choices. */
export class Chance {
  readonly #random: () => number;

  /** Each list of numbers gives choices of its own, however near another list is. */
  constructor(...seeds: readonly number[]) {
    this.#random = seededRandom(seeds.reduce(mixed, 0x9e3779b9));
  }

  /** From 0 up to 1. */
  next(): number {
    return this.#random();
  }

  between(lowest: number, highest: number): number {
    return lowest + this.next() * (highest - lowest);
  }

  /** True that often, 0 to 1. */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError('there is nothing to pick from');
    return item;
  }

  /** How long until the next of things that come by themselves, so many a time. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** Around 0, most of them from -1 to 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** How long people take: half of them less than the median, a few far more. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }
}

/** Takes one more number into a hash (the finaliser of MurmurHash3). */
function mixed(hash: number, value: number): number {
  let bits = Math.imul(hash ^ value, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

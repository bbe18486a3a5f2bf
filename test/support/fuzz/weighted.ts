import type { Seeded } from '../seeded.ts';

/** Picks names, each as often as its weight says. */
export function weighing<Name extends string>(
  weights: Readonly<Record<Name, number>>,
): (random: Seeded) => Name {
  const names = Object.keys(weights) as Name[];
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  return (random) => {
    let left = random.next() * total;
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    throw new RangeError('nothing weighs anything');
  };
}

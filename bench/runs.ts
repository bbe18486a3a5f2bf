/**
 * How every bench measures: the contenders take turns (A B C A B C …), so that whatever else the machine does hits all
 * of them alike; a figure is the median of the rounds, a ratio the median of the rounds' own ratios.
 */
export interface Contender {
  readonly name: string;
  /** One round's figures, by name. */
  readonly run: () => Promise<Readonly<Record<string, number>>>;
}

/** What the contenders measured: a value a round. */
export type Runs = ReadonlyMap<string, readonly Readonly<Record<string, number>>[]>;

export interface Turns {
  readonly rounds: number;
  /** Told before each turn. */
  readonly tell: (text: string) => void;
}

export async function inTurns(contenders: readonly Contender[], { rounds, tell }: Turns): Promise<Runs> {
  const runs = new Map(contenders.map(({ name }) => [name, [] as Readonly<Record<string, number>>[]]));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, run } of contenders) {
      tell(`round ${round} of ${rounds}: ${name}`);
      runs.get(name)?.push(await run());
    }
  }
  return runs;
}

/** The values of one figure of one contender. @throws RangeError where it was not measured in each round. */
export function valuesOf(runs: Runs, contender: string, figure: string): readonly number[] {
  return (runs.get(contender) ?? []).map((round) => {
    const value = round[figure];
    if (value === undefined) throw new RangeError(`${contender} has no ${figure}`);
    return value;
  });
}

/** One contender's figure as a part of another's, round by round. */
export function ratios(over: readonly number[], under: readonly number[]): readonly number[] {
  return over.map((value, round) => value / (under[round] ?? NaN));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? NaN;
  const high = sorted[Math.floor(middle)] ?? NaN;
  return (low + high) / 2;
}

/** The value below which that part (0 to 1) of the values lies. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

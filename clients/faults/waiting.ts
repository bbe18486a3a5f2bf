import { Fault } from './scenario.ts';

const LOOK_MS = 20;

export interface Wait {
  /** What is waited for, as the end of "not within 5 s: …". */
  readonly what: string;
  readonly withinMs: number;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves when it is so, to how long that took in milliseconds. @throws Fault when it takes longer than it may */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  { what, withinMs }: Wait,
): Promise<number> {
  const begun = performance.now();
  for (;;) {
    if (await isSo()) return performance.now() - begun;
    if (performance.now() - begun > withinMs) throw new Fault(`not within ${inSeconds(withinMs)}: ${what}`);
    await pause(LOOK_MS);
  }
}

/** `1.5 s`. */
export function inSeconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}

/** What a scenario does and finds, as it is told to whoever plays it. */
export class Story {
  readonly #tell: (line: string) => void;
  readonly #begun = performance.now();
  readonly #faults: string[] = [];

  /** `tell` prints a line. */
  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  /** What was found that must not be. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  get seconds(): number {
    return Math.round((performance.now() - this.#begun) / 1000);
  }

  does(text: string): void {
    this.#line('', text);
  }

  /** A figure, or how it is done here: nothing that could be wrong. */
  notes(text: string): void {
    this.#line('  note ', text);
  }

  /** That is how it must be; the scenario goes on where it isn't. */
  must(isSo: boolean, what: string, found = ''): void {
    if (isSo) return this.#line('  right ', what);
    const fault = found === '' ? what : `${what} (found: ${found})`;
    this.#faults.push(fault);
    this.#line('  WRONG ', fault);
  }

  /** There must be none of these. */
  mustBeNone(wrongs: readonly string[], what: string): void {
    const shown = wrongs.slice(0, SHOWN).join('; ');
    const more = wrongs.length > SHOWN ? ` and ${wrongs.length - SHOWN} more` : '';
    this.must(wrongs.length === 0, what, `${shown}${more}`);
  }

  #line(mark: string, text: string): void {
    const seconds = ((performance.now() - this.#begun) / 1000).toFixed(1).padStart(6);
    this.#tell(`${seconds} s  ${mark}${text}`);
  }
}

/** Of many faults of a kind the first few tell what it is. */
const SHOWN = 5;

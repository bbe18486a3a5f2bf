/** Texts that come again and again, by number: of each there is one. 0 is no text. */
export class Codes {
  readonly #texts: (string | null)[] = [null];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const made = this.#texts.push(text) - 1;
    this.#numbers.set(text, made);
    return made;
  }

  text(number: number): string | null {
    return this.#texts[number] ?? null;
  }
}

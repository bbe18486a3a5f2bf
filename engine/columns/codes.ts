import type { ByteReader, ByteWriter } from '../bytes.ts';

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

  save(writer: ByteWriter): void {
    writer.count(this.#numbers.size);
    for (const text of this.#numbers.keys()) writer.text(text);
  }

  /** Into one that is empty. */
  load(reader: ByteReader): void {
    for (let left = reader.count(); left > 0; left--) this.numberOf(reader.text());
  }

  text(number: number): string | null {
    return this.#texts[number] ?? null;
  }
}

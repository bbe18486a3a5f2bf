import type { ByteReader, ByteWriter } from '../bytes.ts';

/** Texts that come again and again, by number: of each there is one. 0 is no text. */
export class Codes {
  readonly #texts: (string | null)[] = [null];
  readonly #numbers = new Map<string, number>();
  /** The number that was asked for last: it often is again. */
  #last = 0;

  numberOf(text: string): number {
    if (this.#texts[this.#last] !== text) this.#last = this.#numbers.get(text) ?? this.#add(text);
    return this.#last;
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

  #add(text: string): number {
    const number = this.#texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }
}

/** Finding people by name, however it is typed: `chloe` finds Chloé, `yilmaz` finds Yılmaz. */

/** Letters that don't come apart into a plain letter and a mark. */
const PLAIN: Readonly<Record<string, string>> = {
  ı: 'i',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  '’': "'",
};

export function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ıøłđðþßæœ’]/g, (letter) => PLAIN[letter] ?? letter);
}

/** Whether a name holds every word of a search; names are folded once and remembered. */
export class NameSearch {
  readonly #foldedNames = new Map<string, string>();

  matches(name: string, search: string): boolean {
    const words = folded(search).split(/\s+/);
    const held = this.#folded(name);
    return words.every((word) => held.includes(word));
  }

  #folded(name: string): string {
    const known = this.#foldedNames.get(name);
    if (known !== undefined) return known;
    const made = folded(name);
    this.#foldedNames.set(name, made);
    return made;
  }
}

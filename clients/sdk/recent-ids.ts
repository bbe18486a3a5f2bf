/** So many are remembered. */
const REMEMBERED = 500;

/** The ids that came last, each of which counts once. */
export class RecentIds {
  readonly #ids = new Set<string>();

  /** Whether it comes for the first time. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size <= REMEMBERED) return true;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      break;
    }
    return true;
  }
}

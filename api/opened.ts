/** What was opened, to be closed in the opposite order; also when opening the next thing fails. */
export class Opened implements AsyncDisposable {
  readonly #things: (Disposable | AsyncDisposable)[] = [];

  use<Thing extends Disposable | AsyncDisposable>(thing: Thing): Thing {
    this.#things.push(thing);
    return thing;
  }

  /** Does this when its turn comes. */
  defer(close: () => Promise<void> | void): void {
    this.#things.push({ [Symbol.asyncDispose]: async () => close() });
  }

  /** Closes everything, whatever fails on the way. @throws what failed first */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let thing = this.#things.pop(); thing !== undefined; thing = this.#things.pop()) {
      try {
        if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
        else thing[Symbol.dispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/**
 * One clock for all that ticks: once a second, in step with the server's seconds, every text that shows a running time
 * is written anew. Texts are written into their elements directly; nothing is rendered for it.
 */
export interface TickerOptions {
  /** Server time, epoch milliseconds. */
  readonly now: () => number;
  /** Server time for which texts are shown. */
  readonly shownNow: () => number;
}

/** A text of the time that is shown. */
export type TextAt = (now: number) => string;

export class Ticker implements Disposable {
  readonly #options: TickerOptions;
  readonly #texts = new Map<Element, TextAt>();
  readonly #listeners = new Set<() => void>();
  #beats = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  /** Keeps the element's text right until the returned function is called. */
  write(element: Element, textAt: TextAt): () => void {
    this.#texts.set(element, textAt);
    show(element, textAt(this.#options.shownNow()));
    return () => {
      if (this.#texts.get(element) === textAt) this.#texts.delete(element);
    };
  }

  /** Calls back each second. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** How often it has ticked. */
  get beats(): number {
    return this.#beats;
  }

  start(): void {
    this.#schedule();
    document.addEventListener('visibilitychange', this.#tick);
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#tick);
  }

  readonly #tick = (): void => {
    this.#beats += 1;
    const now = this.#options.shownNow();
    for (const [element, textAt] of this.#texts) show(element, textAt(now));
    for (const listener of this.#listeners) listener();
    this.#schedule();
  };

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#tick, 1000 - (this.#options.now() % 1000));
  }
}

function show(element: Element, text: string): void {
  const node = element.firstChild;
  if (node instanceof Text) {
    if (node.data !== text) node.data = text;
  } else element.textContent = text;
}

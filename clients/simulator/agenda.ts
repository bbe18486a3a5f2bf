/**
 * Everything that is planned, by when it is due: one timer for all. Runs on a time of its own, `speed` of whose
 * milliseconds pass in a real one, and which can stand still.
 */
export interface AgendaOptions<Item> {
  readonly speed: number;
  /** The time at which it starts. */
  readonly beginsAt: number;
  readonly onDue: (item: Item) => void;
}

interface Entry<Item> {
  readonly at: number;
  readonly item: Item;
}

/** What is due at the same moment is done in parts, so that sockets are served in between. */
const PART = 256;

export class Agenda<Item> implements Disposable {
  readonly #options: AgendaOptions<Item>;
  /** A binary heap, the earliest first. */
  readonly #heap: Entry<Item>[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** When the time began to run, monotonic milliseconds; null while it stands. */
  #since: number | null = null;
  #passed = 0;

  constructor(options: AgendaOptions<Item>) {
    this.#options = options;
  }

  get now(): number {
    const { beginsAt, speed } = this.#options;
    const running = this.#since === null ? 0 : (performance.now() - this.#since) * speed;
    return beginsAt + this.#passed + running;
  }

  add(at: number, item: Item): void {
    this.#push({ at, item });
    if (this.#heap[0]?.item === item) this.#arm();
  }

  /** Lets the time run. */
  start(): void {
    this.#since ??= performance.now();
    this.#arm();
  }

  /** Lets it stand still: nothing is due before the next start. */
  stop(): void {
    this.#passed = this.now - this.#options.beginsAt;
    this.#since = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#heap.length = 0;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (this.#since === null || first === undefined) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const delayMs = Math.ceil((first.at - this.now) / this.#options.speed);
    this.#timer = setTimeout(() => this.#turn(), Math.min(MAX_DELAY_MS, Math.max(0, delayMs)));
  }

  #turn(): void {
    this.#timer = null;
    const { now } = this;
    for (let done = 0; done < PART; done++) {
      const first = this.#heap[0];
      if (first === undefined || first.at > now || this.#since === null) break;
      this.#take();
      this.#options.onDue(first.item);
    }
    this.#arm();
  }

  #push(entry: Entry<Item>): void {
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = entry;
  }

  /** Takes the first one out. */
  #take(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const child = (heap[left + 1]?.at ?? Infinity) < (heap[left]?.at ?? Infinity) ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || below.at >= last.at) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
  }
}

/** A timer holds no more; whoever is due later is looked at again then. */
const MAX_DELAY_MS = 2 ** 31 - 1;

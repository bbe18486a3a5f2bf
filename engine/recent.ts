import type { Offset } from './journal/port.ts';

/** Somebody changed, there in the log. */
export interface Change {
  readonly agent: number;
  readonly offset: Offset;
}

const KEPT = 8_192;
const NONE: readonly string[] = [];

/**
 * Who changed last, among all: from this a topic that somebody asks for only now knows what went before, so that a
 * watcher can go on here with a cursor of another node (SPEC G1).
 */
export class Recent {
  readonly #agents = new Uint32Array(2 * KEPT);
  readonly #offsets = new Float64Array(2 * KEPT);
  /** By place in the arrays: names of what the agent was in before the change, and is in no more. */
  #left = new Map<number, readonly string[]>();
  #size = 0;
  /** Everything behind this offset is here. */
  #floor: Offset = 0;

  /** Nothing is known of what went before that offset. */
  begin(offset: Offset): void {
    this.#size = 0;
    this.#left.clear();
    this.#floor = offset;
  }

  note(agent: number, offset: Offset, left: readonly string[] = NONE): void {
    if (this.#size === 2 * KEPT) this.#forgetHalf();
    this.#agents[this.#size] = agent;
    this.#offsets[this.#size] = offset;
    if (left.length > 0) this.#left.set(this.#size, left);
    this.#size += 1;
  }

  /** What changed in a scope, oldest first: of those who are in it, or were. */
  in(
    subject: string,
    members: ReadonlySet<number>,
  ): { readonly floor: Offset; readonly changes: readonly Change[] } {
    const changes: Change[] = [];
    for (let place = 0; place < this.#size; place++) {
      const [agent = 0, offset = 0] = [this.#agents[place], this.#offsets[place]];
      if (members.has(agent) || this.#left.get(place)?.includes(subject) === true)
        changes.push({ agent, offset });
    }
    return { floor: this.#floor, changes };
  }

  /** Half of it at once: so each is moved but once. */
  #forgetHalf(): void {
    this.#floor = this.#offsets[KEPT - 1] ?? this.#floor;
    this.#agents.copyWithin(0, KEPT);
    this.#offsets.copyWithin(0, KEPT);
    this.#left = new Map(
      [...this.#left].flatMap(([place, left]) => (place < KEPT ? [] : [[place - KEPT, left]])),
    );
    this.#size = KEPT;
  }
}

import type { Clock } from '../engine/clock.ts';
import { Wheel } from '../engine/deadlines.ts';

/** Something that is told at its own pace, on one wheel for all. */
export interface Beating {
  /** Called when the time has come; answers when it wants to be called next, in milliseconds from now. */
  beat(): number;
}

/** Runs the heartbeats of many sockets on one timing wheel: a timer each would cost more than the sockets do. */
export class Heartbeats implements Disposable {
  readonly #clock: Clock;
  readonly #wheel: Wheel;
  readonly #places: (Beating | null)[] = [];
  readonly #free: number[] = [];
  readonly #turning: Disposable;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wheel = new Wheel(clock.monotonic());
    this.#turning = clock.every(1000, () => this.#turn());
  }

  /** Calls `beating` first after `firstMs`. Disposing ends it. */
  add(beating: Beating, firstMs: number): Disposable {
    const place = this.#free.pop() ?? this.#places.length;
    this.#places[place] = beating;
    this.#wheel.arm(place, this.#clock.monotonic() + firstMs);
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        this.#wheel.disarm(place);
        this.#places[place] = null;
        this.#free.push(place);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#turning[Symbol.dispose]();
  }

  #turn(): void {
    this.#wheel.advance(this.#clock.monotonic());
    for (let place = this.#wheel.take(); place !== null; place = this.#wheel.take()) this.#tell(place);
  }

  #tell(place: number): void {
    const beating = this.#places[place];
    if (!beating) return;
    const nextMs = beating.beat();
    if (this.#places[place] === beating) this.#wheel.arm(place, this.#clock.monotonic() + nextMs);
  }
}

export interface ArrivalsOptions {
  /** Sends a ping that a live peer answers with the same text. */
  readonly ping: (text: string) => void;
  readonly onArrived: (ids: readonly string[]) => void;
}

/**
 * Knows what has arrived at the other end of a socket: what was sent is behind it when a ping that was sent after it
 * comes back. That a socket took something says nothing; its peer may be gone.
 */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  /** With the number of the ping behind it. */
  #underWay: readonly { readonly id: string; readonly ping: number }[] = [];
  #pings = 0;
  #isPinging = false;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  /** That was sent. What is sent in one go shares a ping. */
  sent(id: string): void {
    this.#underWay = [...this.#underWay, { id, ping: this.#pings + 1 }];
    if (this.#isPinging) return;
    this.#isPinging = true;
    queueMicrotask(() => {
      this.#isPinging = false;
      this.#pings += 1;
      this.#options.ping(String(this.#pings));
    });
  }

  /** A ping came back. */
  answered(text: string): void {
    const ping = Number.parseInt(text, 10);
    const arrived = this.#underWay.filter((each) => each.ping <= ping).map(({ id }) => id);
    if (arrived.length === 0) return;
    this.#underWay = this.#underWay.filter((each) => each.ping > ping);
    this.#options.onArrived(arrived);
  }
}

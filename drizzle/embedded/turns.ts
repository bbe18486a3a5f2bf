/** A turn did not come in time: another connection keeps a transaction open. */
export class BackendBusy extends Error {
  override readonly name = 'BackendBusy';
}

interface Waiter {
  readonly start: () => void;
}

/** Lets connections use the one session by turns, first come, first served. */
export class Turns {
  readonly #timeoutMs: number;
  readonly #waiting = new Set<Waiter>();
  #taken = false;

  /** A turn is waited for `timeoutMs` at most. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Resolves when it is the caller's turn; the caller MUST pass it on.
   *
   * @throws BackendBusy, or the signal's reason when it aborts first.
   */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', give);
      };
      const give = (): void => {
        leave();
        reject(reasonOf(signal));
      };
      const timer = setTimeout(() => {
        leave();
        reject(
          new BackendBusy(
            `waited ${this.#timeoutMs} ms for the embedded database: another connection keeps a transaction open`,
          ),
        );
      }, this.#timeoutMs);
      const waiter = {
        start: () => {
          leave();
          resolve();
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', give);
    });
  }

  /** Ends the caller's turn. */
  pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#taken = false;
    else next.start();
  }
}

/** The error with which the signal was aborted. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}

import { boardAfter, BoardGap, EMPTY_BOARD, type BoardState } from '../../sdk/board-state.ts';
import type { RollcallClient } from '../../sdk/client.ts';
import type { Reception } from './reception.ts';

/** Keeps a whole board, as a wallboard does, with the client that a wallboard has. */
export class BoardWatcher implements Disposable {
  readonly #client: RollcallClient;
  readonly #reception: Reception;
  #subscription: { unsubscribe(): void } | null = null;
  #wake: () => void = () => undefined;
  board: BoardState = EMPTY_BOARD;
  /** Resolves when it has its first snapshot. */
  readonly begun: Promise<void>;

  /** The client becomes the watcher's own. */
  constructor(client: RollcallClient, reception: Reception) {
    this.#client = client;
    this.#reception = reception;
    this.begun = new Promise((resolve) => (this.#wake = resolve));
    this.#watch();
  }

  [Symbol.dispose](): void {
    this.#subscription?.unsubscribe();
    this.#client.close();
  }

  #watch(): void {
    const reception = this.#reception;
    this.board = EMPTY_BOARD;
    this.#subscription = this.#client.api.presence.watch.subscribe(
      { scope: { all: true } },
      {
        onData: ({ id, data }) => {
          reception.events += 1;
          if (data.type === 'snapshot') reception.snapshots += 1;
          try {
            this.board = boardAfter(this.board, id, data);
          } catch (error) {
            if (!(error instanceof BoardGap)) throw error;
            reception.gaps += 1;
            this.#again();
          }
          this.#wake();
        },
        onError: () => {
          reception.errors += 1;
          this.#again();
        },
      },
    );
  }

  #again(): void {
    this.#subscription?.unsubscribe();
    this.#watch();
  }
}

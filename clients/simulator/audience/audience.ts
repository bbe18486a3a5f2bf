/** Everybody who watches the board. */
import { WebSocket } from 'ws';
import { createRollcallClient } from '../../sdk/client.ts';
import { BoardWatcher } from './board-watcher.ts';
import { CursorWatcher } from './cursor-watcher.ts';
import { Reception } from './reception.ts';

export interface AudienceOptions {
  /** `http://host:port` */
  readonly url: string;
  /** Of somebody who may see everything. */
  readonly token: () => Promise<string>;
  readonly watchers: number;
}

/** So many keep a whole board; the others check cursors only. */
const WITH_BOARDS = 3;
/** A snapshot is large: so many are under way at once. */
const PARALLEL = 4;

export class Audience implements Disposable {
  readonly reception = new Reception();
  readonly #options: AudienceOptions;
  readonly #boards: BoardWatcher[] = [];
  readonly #cursors: CursorWatcher[] = [];
  #isOver = false;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#boards.length + this.#cursors.length;
  }

  get boards(): readonly BoardWatcher[] {
    return this.#boards;
  }

  /** The cursors that the others hold. */
  get cursors(): readonly (string | null)[] {
    return this.#cursors.map(({ cursor }) => cursor);
  }

  /** Resolves when everybody has seen the board. */
  async start(): Promise<void> {
    const places = Array.from({ length: this.#options.watchers }, (_, place) => place).values();
    await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        for (const place of places) if (!this.#isOver) await this.#join(place);
      }),
    );
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const watcher of [...this.#boards, ...this.#cursors]) watcher[Symbol.dispose]();
  }

  #join(place: number): Promise<void> {
    const { url, token } = this.#options;
    const { reception } = this;
    if (place < WITH_BOARDS) {
      const watcher = new BoardWatcher(createRollcallClient({ url, token, WebSocket }), reception);
      this.#boards.push(watcher);
      return watcher.begun;
    }
    const watcher = new CursorWatcher({ url, token, reception });
    this.#cursors.push(watcher);
    return watcher.begun;
  }
}

/**
 * The live board as the page reads it: what is watched, what came, and what time it is at the server.
 *
 * Changes come many times a frame; the page hears of them at most ten times a second (less often on a board of
 * thousands), in a frame of its own.
 */
import type { Scope } from '../../../../api/contract/tile.ts';
import { BoardFeed, type FeedState, type FeedOptions } from './board-feed.ts';
import { healthOf, isStale, shownTime, type StreamHealth } from './data-age.ts';
import { ServerClock } from './server-clock.ts';

/** Time between two renderings, milliseconds: for each agent, and at least. */
const EVERY_MS_AN_AGENT = 0.1;
const EVERY_MS = 100;

const NOTHING: FeedState = {
  connection: 'waiting',
  agents: new Map(),
  isLoaded: false,
  failure: null,
  incidents: [],
};

export type BoardStoreOptions = Pick<FeedOptions, 'connect' | 'onTokenRefused'>;

export class BoardStore implements Disposable {
  readonly #options: BoardStoreOptions;
  readonly #clock = new ServerClock();
  readonly #listeners = new Set<() => void>();
  #feed: BoardFeed | null = null;
  /** What the page has been told. */
  #told: FeedState = NOTHING;
  #latest: FeedState = NOTHING;
  #asOf = 0;
  /** When that was heard, on the computer's own clock: one that only rises may stand still while it sleeps. */
  #heardAt = 0;
  #toldAt = -EVERY_MS;
  #isTelling = false;

  constructor(options: BoardStoreOptions) {
    this.#options = options;
  }

  readonly state = (): FeedState => this.#told;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Watches a scope instead of what was watched before; its tiles stay until the new ones are there. */
  watch(scope: Scope): void {
    const { agents } = this.#latest;
    this.#feed?.[Symbol.dispose]();
    this.#feed = new BoardFeed({
      ...this.#options,
      scope,
      onChange: (state) =>
        this.#changed(state.isLoaded || state.failure !== null ? state : { ...state, agents }),
      onAsOf: (asOf) => {
        this.#asOf = asOf;
        this.#heardAt = Date.now();
        this.#clock.observe(asOf, performance.now());
      },
    });
    this.#changed({ ...this.#feed.state, agents });
  }

  /** Watches nothing and forgets everything. */
  stop(): void {
    this.#feed?.[Symbol.dispose]();
    this.#feed = null;
    this.#asOf = 0;
    this.#changed(NOTHING);
  }

  /** The network is there again: no need to wait for the next try. */
  reconnect(): void {
    if (this.#latest.connection !== 'open') this.#feed?.reconnect();
  }

  /** Server time of the data, epoch milliseconds; 0 before there is any. */
  get asOf(): number {
    return this.#asOf;
  }

  /** Server time, epoch milliseconds; this computer's own before the server has told. */
  now(): number {
    return this.#clock.now(performance.now()) ?? Date.now();
  }

  /** Server time for which clocks are shown: it stands still when the data is stale. */
  shownNow(): number {
    return this.#asOf === 0 ? this.now() : shownTime(this.now(), this.#asOf);
  }

  ageMs(): number {
    if (this.#asOf === 0) return 0;
    return Math.max(0, this.now() - this.#asOf, Date.now() - this.#heardAt);
  }

  health(): StreamHealth {
    return healthOf(this.#latest.connection, this.ageMs());
  }

  isStale(): boolean {
    return isStale(this.ageMs());
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#listeners.clear();
  }

  #changed(state: FeedState): void {
    this.#latest = state;
    if (this.#isTelling) return;
    this.#isTelling = true;
    const everyMs = Math.max(EVERY_MS, state.agents.size * EVERY_MS_AN_AGENT);
    const waitMs = this.#toldAt + everyMs - performance.now();
    if (waitMs > 0) setTimeout(() => this.#tellInFrame(), waitMs);
    else this.#tellInFrame();
  }

  /** A hidden page has no frames: it is told when it is seen again. */
  #tellInFrame(): void {
    requestAnimationFrame((at) => {
      this.#isTelling = false;
      this.#toldAt = at;
      this.#told = this.#latest;
      for (const listener of this.#listeners) listener();
    });
  }
}

/**
 * A live board: one subscription, folded into tiles.
 *
 * It never shows a board with a hole in it. A change that doesn't follow what is held means a new snapshot; a lost
 * connection resumes from the last cursor; a connection that is silent for long is given up for a new one.
 */
import type { Incident, SummaryEvent } from '../../../../api/contract/summary.ts';
import type { Scope, Tile, WatchEvent } from '../../../../api/contract/tile.ts';
import { boardAfter, BoardGap, type BoardState, EMPTY_BOARD } from '../../../sdk/board-state.ts';
import { type Failure, failureOf } from '../session/failure.ts';
import type { Connection } from './data-age.ts';

export interface FeedState {
  readonly connection: Connection;
  readonly agents: ReadonlyMap<number, Tile>;
  /** Whether the tiles are those of the scope: false until its first snapshot. */
  readonly isLoaded: boolean;
  /** Why the server shows nothing; null while there is hope. Watch again to try again. */
  readonly failure: Failure | null;
  /** What is wrong with the platform, or with agents' connections. */
  readonly incidents: readonly Incident[];
}

/** What hears of a subscription. */
export interface WatchListener {
  readonly onData: (event: { readonly id: string; readonly data: WatchEvent }) => void;
  readonly onError: (error: unknown) => void;
  /** It ended, though nobody asked it to. */
  readonly onComplete: () => void;
  readonly onConnectionStateChange: (change: {
    readonly state: 'idle' | 'connecting' | 'pending';
    readonly error: unknown;
  }) => void;
}

/** A connection on which scopes can be watched. */
export interface Watching {
  readonly watch: (
    input: { scope: Scope; lastEventId: string | null },
    listener: WatchListener,
  ) => { unsubscribe(): void };
  readonly watchSummary: (
    input: { scope: Scope },
    listener: { readonly onData: (event: { readonly data: SummaryEvent }) => void },
  ) => { unsubscribe(): void };
  readonly close: () => void;
}

export interface FeedOptions {
  readonly scope: Scope;
  readonly connect: () => Watching;
  /** The server doesn't take the token: get a new one, or end the session. */
  readonly onTokenRefused: () => Promise<void>;
  readonly onChange: (state: FeedState) => void;
  /** The server told the time. */
  readonly onAsOf: (asOf: number) => void;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

/** Silence after which a connection that seems open counts as dead. The server speaks every five seconds. */
const DEAD_MS = 20_000;
const MAX_RETRY_MS = 10_000;

export class BoardFeed implements Disposable {
  readonly #options: FeedOptions;
  #watching: Watching | null = null;
  #subscription: { unsubscribe(): void } | null = null;
  #board: BoardState = EMPTY_BOARD;
  #state: FeedState = {
    connection: 'waiting',
    agents: EMPTY_BOARD.agents,
    isLoaded: false,
    failure: null,
    incidents: [],
  };
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #watchdog: ReturnType<typeof setTimeout> | null = null;
  #isOver = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#subscribe();
  }

  get state(): FeedState {
    return this.#state;
  }

  /** Gives up the connection for a new one, from where the board stands: the network came back, or nothing comes. */
  reconnect(): void {
    if (this.#isOver || this.#state.failure !== null) return;
    this.#disconnect();
    if (this.#state.connection === 'open') this.#change({ connection: 'lost' });
    this.#subscribe();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#disconnect();
    if (this.#retry !== null) clearTimeout(this.#retry);
  }

  #subscribe(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#subscription?.unsubscribe();
    this.#watching ??= this.#options.connect();
    // A subscription that was given up may still speak; it is not heard.
    const mine: { isCurrent: boolean; stop(): void } = { isCurrent: true, stop: () => undefined };
    this.#subscription = {
      unsubscribe: () => {
        mine.isCurrent = false;
        mine.stop();
      },
    };
    const heard =
      <Heard extends unknown[]>(hear: (...heard: Heard) => void) =>
      (...values: Heard) => {
        if (mine.isCurrent) hear(...values);
      };
    const started = this.#watching.watch(
      { scope: this.#options.scope, lastEventId: this.#board.cursor },
      {
        onData: heard(({ id, data }) => this.#take(id, data)),
        onError: heard((error) => void this.#failed(failureOf(error))),
        onComplete: heard(() => this.#retryLater()),
        onConnectionStateChange: heard(({ state, error }) => this.#connectionChanged(state, error)),
      },
    );
    // Of the summary only the incidents are shown: the counts are those of the tiles. Where it can't be had, the board can.
    const summary = this.#watching.watchSummary(
      { scope: this.#options.scope },
      {
        onData: heard(({ data }) => {
          if (data.type === 'summary') this.#change({ incidents: data.incidents });
        }),
      },
    );
    mine.stop = () => {
      started.unsubscribe();
      summary.unsubscribe();
    };
    if (!mine.isCurrent) mine.stop();
    this.#guard();
  }

  #take(id: string, event: WatchEvent): void {
    this.#guard();
    try {
      this.#board = boardAfter(this.#board, id, event);
    } catch (error) {
      if (!(error instanceof BoardGap)) throw error;
      this.#subscription?.unsubscribe();
      return this.#retryLater({ anew: true });
    }
    this.#failures = 0;
    this.#options.onAsOf(event.asOf);
    const { agents } = this.#board;
    this.#change({ connection: 'open', agents, isLoaded: true, failure: null });
  }

  #connectionChanged(state: 'idle' | 'connecting' | 'pending', error: unknown): void {
    // It counts as open again with the first event, not before.
    if (state === 'connecting' && error !== null) this.#change({ connection: 'lost' });
  }

  async #failed({ code, message, retryAfterMs }: Failure): Promise<void> {
    switch (code) {
      case 'UNAUTHENTICATED':
        await this.#options.onTokenRefused();
        return this.#retryLater();
      case 'FORBIDDEN':
        // A view that changed ends the subscription too; whether anything may still be seen shows by asking again.
        if (this.#failures === 0) return this.#retryLater({ anew: true });
        return this.#end({ code, message, retryAfterMs });
      case 'VALIDATION':
      case 'NOT_FOUND':
      case 'PASSWORD_CHANGE_REQUIRED':
        return this.#end({ code, message, retryAfterMs });
      default:
        return this.#retryLater({ afterMs: retryAfterMs });
    }
  }

  /** Asks again in a while; `anew` for a snapshot. */
  #retryLater({ anew = false, afterMs = null }: { anew?: boolean; afterMs?: number | null } = {}): void {
    if (this.#isOver) return;
    if (anew) this.#board = { ...this.#board, cursor: null };
    if (this.#failures > 0 || afterMs !== null) this.#change({ connection: 'lost' });
    const { random = Math.random } = this.#options;
    const bound = Math.min(MAX_RETRY_MS, 250 * 2 ** this.#failures);
    this.#failures += 1;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#subscribe(), afterMs ?? bound * (0.5 + random() / 2));
  }

  #end(failure: Failure): void {
    this.#disconnect();
    this.#board = EMPTY_BOARD;
    this.#change({ agents: EMPTY_BOARD.agents, isLoaded: false, failure, incidents: [] });
  }

  #disconnect(): void {
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#watchdog = null;
    this.#subscription?.unsubscribe();
    this.#subscription = null;
    this.#watching?.close();
    this.#watching = null;
  }

  /** Something happened: the connection has its full time again. */
  #guard(): void {
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.reconnect(), DEAD_MS);
  }

  #change(change: Partial<FeedState>): void {
    if (this.#isOver) return;
    this.#state = { ...this.#state, ...change };
    this.#options.onChange(this.#state);
  }
}

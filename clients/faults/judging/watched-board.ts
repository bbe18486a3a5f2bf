import type { Tile, WatchEvent } from '../../../api/contract/tile.ts';
import { boardAfter, BoardGap, EMPTY_BOARD, type BoardState } from '../../sdk/board-state.ts';
import type { Person } from '../cast/person.ts';
import { until, type Wait } from '../waiting.ts';

/** A tile, and when it came. */
export interface Shown {
  readonly tile: Tile;
  /** Server time that it was shown as of, epoch milliseconds. */
  readonly asOf: number;
  /** Monotonic time here, milliseconds. */
  readonly at: number;
}

const BEGIN_MS = 15_000;

/** The whole board, kept as a wallboard keeps it, and everything that it was ever told. */
export class WatchedBoard implements Disposable {
  /** Gaps, repeats, reorders, and whatever else a watcher must never see. */
  readonly wrongs: string[] = [];
  snapshots = 0;
  readonly #person: Person;
  readonly #shown = new Map<number, Shown[]>();
  #board: BoardState = EMPTY_BOARD;
  #subscription: { unsubscribe(): void } | null = null;

  private constructor(person: Person) {
    this.#person = person;
  }

  /** Resolves when the board is there. */
  static async open(person: Person): Promise<WatchedBoard> {
    const board = new WatchedBoard(person);
    board.#watch();
    await until(() => board.#board.cursor !== null, { what: 'the board is shown', withinMs: BEGIN_MS });
    return board;
  }

  /** Server time that it is as of, epoch milliseconds. */
  get asOf(): number {
    return this.#board.asOf;
  }

  /** @throws TypeError for somebody who isn't on the board */
  tile(agentId: number): Tile {
    const tile = this.#board.agents.get(agentId);
    if (tile === undefined) throw new TypeError(`agent ${agentId} is not on the board`);
    return tile;
  }

  /** How an agent was shown since that moment (monotonic time here), the first tile first. */
  shown(agentId: number, since = 0): readonly Shown[] {
    return (this.#shown.get(agentId) ?? []).filter(({ at }) => at >= since);
  }

  /** Those of the agents who were shown as gone since that moment. */
  whoLeft(
    agents: readonly { readonly agentId: number; readonly username: string }[],
    since: number,
  ): string[] {
    return agents.flatMap(({ agentId, username }) =>
      this.shown(agentId, since).some(({ tile }) => isGone(tile)) ? [username] : [],
    );
  }

  /** Resolves to the tile when it is so. @throws Fault when it takes longer than it may */
  async until(agentId: number, isSo: (tile: Tile) => boolean, wait: Wait): Promise<Tile> {
    try {
      await until(() => isSo(this.tile(agentId)), wait);
    } catch (error) {
      if (error instanceof Error) error.message += `; the board shows ${describe(this.tile(agentId))}`;
      throw error;
    }
    return this.tile(agentId);
  }

  [Symbol.dispose](): void {
    this.#subscription?.unsubscribe();
  }

  #watch(): void {
    this.#subscription = this.#person.api.presence.watch.subscribe(
      { scope: { all: true } },
      {
        onData: ({ id, data }) => this.#take(id, data),
        onError: ({ message }) => this.wrongs.push(`the stream ended: ${message}`),
      },
    );
  }

  #take(id: string, event: WatchEvent): void {
    const before = this.#board;
    try {
      this.#board = boardAfter(before, id, event);
    } catch (error) {
      if (!(error instanceof BoardGap)) throw error;
      return this.#beginAnew(error.message);
    }
    if (event.type === 'pulse') return;
    if (event.type === 'snapshot') this.snapshots += 1;
    else for (const tile of event.changes) this.#compare(before.agents.get(tile.id), tile);
    const tiles = event.type === 'snapshot' ? event.agents : event.changes;
    const shown = { asOf: event.asOf, at: performance.now() };
    for (const tile of tiles) {
      if (before.agents.get(tile.id)?.seq === tile.seq) continue;
      const earlier = this.#shown.get(tile.id) ?? [];
      this.#shown.set(tile.id, earlier);
      earlier.push({ tile, ...shown });
    }
  }

  /** Within a stream an agent's seq rises with every change. */
  #compare(before: Tile | undefined, { id, seq }: Tile): void {
    if (before === undefined || seq > before.seq) return;
    this.wrongs.push(
      `agent ${id}: ${seq} ${seq === before.seq ? 'is repeated' : `comes after ${before.seq}`}`,
    );
  }

  /** As a wallboard does where something is missing. */
  #beginAnew(why: string): void {
    this.wrongs.push(why);
    this.#subscription?.unsubscribe();
    this.#board = EMPTY_BOARD;
    this.#watch();
  }
}

/** `busy, reconnecting, at 12`. */
export function describe({ status, connectivity, seq }: Tile): string {
  return `${status}, ${connectivity}, at ${seq}`;
}

function isGone({ connectivity, category }: Tile): boolean {
  return connectivity === 'disconnected' || category === 'offline';
}

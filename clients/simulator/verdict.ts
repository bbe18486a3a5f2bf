/** Whether what the server shows is what the agents' own clients, and the watchers, hold. */
import type { Board, Tile } from '../../api/contract/tile.ts';
import type { BoardState } from '../sdk/board-state.ts';
import type { Known } from './world.ts';
import type { Audience } from './audience/audience.ts';
import type { Simulator } from './simulator.ts';

export interface VerdictOptions {
  readonly simulator: Simulator;
  readonly audience: Audience;
  /** The whole board as somebody sees it who may see everything. */
  readonly board: () => Promise<Board>;
}

/** What the watchers hold: whole boards, and of the others the cursors. */
export interface Held {
  readonly boards: readonly { readonly board: BoardState }[];
  readonly cursors: readonly (string | null)[];
}

/** How long may pass until everybody is connected and nothing is under way. */
const QUIET_MS = 60_000;
/** What the server still had to tell is told by then. */
const SETTLED_MS = 20_000;
const LOOK_MS = 500;

/** Pauses the simulator, waits for silence, and compares. Answers what is wrong: nothing, where all is well. */
export async function judge({ simulator, audience, board }: VerdictOptions): Promise<readonly string[]> {
  if ((await Promise.race([simulator.pause(), after(QUIET_MS)])) === 'late')
    return [`commands had no answer within ${QUIET_MS / 1000} s`];
  await until(() => simulator.agents.every(({ isSteady }) => isSteady), QUIET_MS);
  for (let left = SETTLED_MS; ; left -= LOOK_MS) {
    const shown = await board();
    // Breaks and wrap-ups end meanwhile: what was known before the board was asked for may be so no more.
    const known = simulator.agents.map((agent) => agent.known).filter((each) => each !== null);
    const wrong = [...compareAgents(known, shown), ...compareWatchers(audience, shown)];
    if (wrong.length === 0 || left <= 0) return wrong;
    await after(LOOK_MS);
  }
}

/** Each agent's tile is what its client knows. */
export function compareAgents(known: readonly Known[], { agents }: Pick<Board, 'agents'>): readonly string[] {
  const tiles = new Map(agents.map((tile) => [tile.id, tile]));
  return known.flatMap((agent) => {
    const tile = tiles.get(agent.agentId);
    return tile !== undefined && agrees(agent, tile)
      ? []
      : [
          `${agent.username} knows ${agent.status} at ${agent.seq}, ${agent.presence}; the board shows ` +
            `${tile?.status} at ${tile?.seq}, ${tile?.connectivity}`,
        ];
  });
}

function agrees({ presence, seq, status }: Known, tile: Tile): boolean {
  switch (presence) {
    case 'connected':
      return tile.seq === seq && tile.status === status && tile.connectivity === 'connected';
    case 'flapping':
      return tile.seq === seq && tile.status === status && tile.connectivity === 'reconnecting';
    case 'logged_out':
      return tile.seq === seq && tile.status === status && tile.connectivity === 'disconnected';
    case 'cut_off':
      // The server notes that the connection is lost, and later that nobody came back.
      return tile.seq >= seq && tile.connectivity !== 'connected';
  }
}

/** Each watcher holds the board's cursor, and each kept board the board's tiles. */
export function compareWatchers({ boards, cursors }: Held, shown: Board): readonly string[] {
  const behind = [...boards.map((watcher) => watcher.board.cursor), ...cursors].filter(
    (cursor) => cursor !== shown.cursor,
  ).length;
  if (behind > 0) return [`${behind} watchers are behind`];
  const differing = boards.filter(
    ({ board }) =>
      board.agents.size !== shown.agents.length ||
      shown.agents.some((tile) => JSON.stringify(board.agents.get(tile.id)) !== JSON.stringify(tile)),
  ).length;
  return differing > 0 ? [`${differing} watchers hold another board`] : [];
}

async function until(isSo: () => boolean, withinMs: number): Promise<void> {
  for (let left = withinMs; left > 0 && !isSo(); left -= LOOK_MS) await after(LOOK_MS);
}

async function after(milliseconds: number): Promise<'late'> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return 'late';
}

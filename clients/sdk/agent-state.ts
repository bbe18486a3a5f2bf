import type { ServerFrame, WelcomeFrame } from '../../api/contract/agent-frames.ts';
import type { FullTile } from '../../api/contract/tile.ts';

/** What an AgentSocket knows now. The tile is the last that the server told, also while the connection is away. */
export interface AgentSocketState {
  readonly connection: 'connecting' | 'live' | 'waiting' | 'stopped';
  readonly session: string | null;
  readonly seq: number;
  readonly tile: FullTile | null;
  readonly statuses: WelcomeFrame['statuses'];
  /** The codes that the agent may choose now. */
  readonly allowed: readonly string[];
  /** What to add to the client's clock to get the server's, milliseconds. */
  readonly clockOffsetMs: number;
  /** Why it stopped for good. */
  readonly stoppedBy: { readonly code: number; readonly reason: string } | null;
}

export const INITIAL: AgentSocketState = {
  connection: 'connecting',
  session: null,
  seq: 0,
  tile: null,
  statuses: [],
  allowed: [],
  clockOffsetMs: 0,
  stoppedBy: null,
};

/** What a frame's text says; null for what no Rollcall sends. */
export function frameOf(data: unknown): ServerFrame | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === 'object' && frame !== null && 'op' in frame ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}

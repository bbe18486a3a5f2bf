import type { Login } from '../sdk/login.ts';
import type { Tally } from './tally.ts';

/** What the server promised: agent `agentId` has `status` (`offline` after a log-out) from `seq` on. */
export interface Acknowledged {
  readonly agentId: number;
  readonly seq: number;
  readonly status: string;
  /** When the answer came, epoch milliseconds. */
  readonly at: number;
}

/** Where agents live. */
export interface World {
  /** `ws://host:port/agent` */
  readonly socketUrl: string;
  readonly tally: Tally;
  logIn(username: string): Promise<Login>;
  acknowledged(acknowledged: Acknowledged): void;
}

/** What an agent's own clients know of it. */
export interface Known {
  readonly agentId: number;
  readonly username: string;
  readonly seq: number;
  readonly status: string;
  /**
   * `cut_off`: the clients ended without a word, and the server goes on from there. `flapping`: connected, but shown as
   * reconnecting, because that came and went too often.
   */
  readonly presence: 'connected' | 'flapping' | 'logged_out' | 'cut_off';
}

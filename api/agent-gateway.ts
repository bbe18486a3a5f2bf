/**
 * The agents' sockets of this node: one connection a session, their heartbeats, and the drain.
 *
 * The server pings and the client only answers, so that a background tab whose timers are throttled doesn't seem gone;
 * the pulse that goes with each ping lets a client notice a dead server (SPEC C5).
 */
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { AgentConnection, type Gateway, type SocketPresence } from './agent-connection.ts';
import type { Live } from './agent-session.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { Heartbeats } from './heartbeats.ts';
import type { SocketRoute } from './transport.ts';

export interface AgentGatewayOptions {
  readonly engine: Engine;
  readonly authenticator: Pick<Authenticator, 'openSession' | 'liveSessions'>;
  /** What sessions are named by, and end with. */
  readonly presence: SocketPresence;
  readonly clock: Clock;
  readonly onInternalError: (error: unknown) => void;
}

const MAX_SOCKETS_A_USER = 20;
/** uWS closes at its own bound without a word; up to a megabyte, a client that errs is told so (4413). */
const MAX_MESSAGE_BYTES = (1 << 20) + (1 << 16);
const MAX_BUFFERED_BYTES = 256 * 1024;
/** So many connections are told of a changed law in one go. */
const TOLD_AT_ONCE = 256;

export class AgentGateway implements Disposable {
  readonly route: SocketRoute;
  readonly #options: AgentGatewayOptions;
  readonly #heartbeats: Heartbeats;
  readonly #laws: Disposable;
  /** With the session that each is the one of, once it has one. */
  readonly #connections = new Map<AgentConnection, Live | null>();
  readonly #bySession = new Map<string, AgentConnection>();
  readonly #socketsOf = new Map<number, number>();
  #isDraining = false;

  constructor(options: AgentGatewayOptions) {
    this.#options = options;
    this.#heartbeats = new Heartbeats(options.clock);
    this.#laws = options.engine.listenToLaws((organisationId) => void this.#tellLaw(organisationId));
    this.route = {
      maxMessageBytes: MAX_MESSAGE_BYTES,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      open: (socket) => {
        const { engine, authenticator, presence, clock } = this.#options;
        const connection = new AgentConnection({
          socket,
          engine,
          authenticator,
          presence,
          clock,
          heartbeats: this.#heartbeats,
          gateway: this.#forConnections,
        });
        this.#connections.set(connection, null);
        return connection;
      },
    };
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Asks every client to come back elsewhere, spread over `withinMs`, and from then on takes their going for ours. */
  drain(withinMs: number): void {
    this.#isDraining = true;
    const step = withinMs / Math.max(1, this.#connections.size);
    for (const [index, connection] of [...this.#connections.keys()].entries()) {
      connection.send({ op: 'drain', afterMs: Math.round(index * step) });
    }
  }

  /** Closes what is left. */
  closeAll(): void {
    for (const connection of this.#connections.keys()) connection.close(4503, 'the server is stopping');
  }

  [Symbol.dispose](): void {
    this.#laws[Symbol.dispose]();
    this.#heartbeats[Symbol.dispose]();
  }

  /** Tells all who are here now, some at a time: they may be many. Who comes later is welcomed by the new law. */
  async #tellLaw(organisationId: number): Promise<void> {
    const connections = [...this.#connections.keys()];
    for (let next = 0; next < connections.length; next += TOLD_AT_ONCE) {
      for (const connection of connections.slice(next, next + TOLD_AT_ONCE))
        connection.lawChanged(organisationId);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  readonly #forConnections: Gateway = {
    isFull: (agentId, resumed) => this.#isFull(agentId, resumed),
    admit: (connection, live) => this.#admit(connection, live),
    leave: (connection) => this.#leave(connection),
    // Another connection may hold the session that this one resumed.
    lost: (live) => void (this.#bySession.has(live.session) || this.#lose(live)),
    failed: (error) => this.#options.onInternalError(error),
  };

  #isFull(agentId: number, resumed: string | null): boolean {
    const replaces = resumed !== null && this.#bySession.has(resumed);
    return !replaces && (this.#socketsOf.get(agentId) ?? 0) >= MAX_SOCKETS_A_USER;
  }

  #admit(connection: AgentConnection, live: Live): boolean {
    const earlier = this.#bySession.get(live.session);
    const sockets = this.#socketsOf.get(live.agentId) ?? 0;
    if (this.#isFull(live.agentId, live.session)) {
      this.#lose(live, { byServer: true });
      return false;
    }
    this.#connections.set(connection, live);
    this.#bySession.set(live.session, connection);
    this.#socketsOf.set(live.agentId, sockets + 1);
    earlier?.close(4409, 'this session was resumed elsewhere');
    return true;
  }

  #leave(connection: AgentConnection): void {
    const live = this.#connections.get(connection) ?? null;
    this.#connections.delete(connection);
    if (live === null) return;
    const sockets = (this.#socketsOf.get(live.agentId) ?? 1) - 1;
    if (sockets > 0) this.#socketsOf.set(live.agentId, sockets);
    else this.#socketsOf.delete(live.agentId);
    // Another connection may have resumed the session: then it lives on.
    if (this.#bySession.get(live.session) !== connection) return;
    this.#bySession.delete(live.session);
    this.#lose(live, { byServer: connection.isOurFault });
  }

  /** While this node drains, sockets go because of us: after the restart every agent has a fresh grace (C6). */
  #lose({ agentId, session }: Live, { byServer = false } = {}): void {
    if (!this.#isDraining) this.#options.engine.lose(agentId, session, { byServer });
  }
}

/**
 * One agent's socket, from hello to goodbye (CONTRACT: Agent socket).
 *
 * No frame is lost without a word: what can't be understood closes the socket with a code that says why, and every
 * command that has an id is answered (agent-session.ts).
 */
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Opening } from '../engine/inputs.ts';
import { readFrame } from './agent-frame-reader.ts';
import { AgentSession, type Live, type Outlet } from './agent-session.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { hasPresence } from './auth/permissions.ts';
import type { Claims } from './auth/tokens.ts';
import type { ClientFrame, CloseCode, ServerFrame } from './contract/agent-frames.ts';
import { RollcallError } from './contract/errors.ts';
import type { Beating, Heartbeats } from './heartbeats.ts';
import { TokenBucket } from './limits.ts';
import type { LoginPresence } from './login-presence.ts';
import type { Socket, SocketListener } from './transport.ts';

export interface AgentConnectionOptions {
  readonly socket: Socket;
  readonly engine: Engine;
  readonly authenticator: Pick<Authenticator, 'openSession' | 'liveSessions'>;
  readonly presence: SocketPresence;
  readonly clock: Clock;
  readonly heartbeats: Heartbeats;
  readonly gateway: Gateway;
}

export type SocketPresence = Pick<LoginPresence, 'newSession' | 'began'>;

/** What a connection needs of those beside it. */
export interface Gateway {
  /** Whether a user has as many sockets as there may be, without the one that holds the session to be resumed. */
  isFull(agentId: number, resumed: string | null): boolean;
  /** Takes a connection in as the one of its session; false when its user has too many. */
  admit(connection: AgentConnection, live: Live): boolean;
  /** A connection ended; with it the session that it was the one of. */
  leave(connection: AgentConnection): void;
  /** A session was opened whose connection had already gone. */
  lost(live: Live): void;
  failed(error: unknown): void;
}

type Hello = Extract<ClientFrame, { op: 'hello' }>;

type State =
  | { readonly kind: 'expecting_hello' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'live'; readonly session: AgentSession }
  | { readonly kind: 'closed' };

const HELLO_MS = 5_000;
const FRAME_RATE = { perSecond: 20, burst: 40 };
/** So many pings without an answer, and the connection counts as lost. */
const MISSED_PINGS = 2;
const TOO_MANY_SOCKETS = 'this user has too many sockets';

export class AgentConnection implements SocketListener, Outlet, Beating {
  readonly #options: AgentConnectionOptions;
  readonly #bucket: TokenBucket;
  readonly #held: Disposable[] = [];
  #state: State = { kind: 'expecting_hello' };
  /** Frames that came while the session was opened. The frame rate bounds them. */
  readonly #early: ClientFrame[] = [];
  #unansweredPings = 0;
  #beating: Disposable | null = null;
  #heartbeatMs = HELLO_MS;
  /** It ended because of us: that says nothing of the agent's network (C8). */
  #isOurFault = false;

  constructor(options: AgentConnectionOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(FRAME_RATE, options.clock.monotonic());
    this.#held.push(options.clock.after(HELLO_MS, () => this.#helloIsLate()));
  }

  message(text: string | null): void {
    this.#unansweredPings = 0;
    if (!this.#bucket.take(this.#options.clock.monotonic())) return this.close(4429, 'too many frames');
    const frame = readFrame(text);
    switch (frame.kind) {
      case 'unreadable':
        return this.close(frame.closeCode, frame.message);
      case 'invalid': {
        if (this.#state.kind === 'expecting_hello') return this.close(4400, 'the first frame is a hello');
        const { id, fields } = frame;
        return this.send({ op: 'no', id, code: 'VALIDATION', message: 'the frame is not valid', fields });
      }
      case 'frame':
        return this.#take(frame.frame);
    }
  }

  pong(text: string): void {
    this.#unansweredPings = 0;
    if (this.#state.kind === 'live') this.#state.session.answered(text);
  }

  closed(): void {
    this.#state = { kind: 'closed' };
    for (const held of this.#held.splice(0)) held[Symbol.dispose]();
    this.#beating?.[Symbol.dispose]();
    this.#options.gateway.leave(this);
  }

  send(frame: ServerFrame): void {
    this.#options.socket.send(JSON.stringify(frame));
  }

  ping(text: string): void {
    this.#options.socket.ping(text);
  }

  get isOurFault(): boolean {
    return this.#isOurFault;
  }

  close(code: CloseCode | 1001, reason: string): void {
    this.#isOurFault ||= code === 4500 || code === 4503;
    this.#options.socket.close(code, reason);
  }

  beat(): number {
    if (this.#unansweredPings >= MISSED_PINGS) this.close(1001, 'no answer to two heartbeats');
    this.#unansweredPings += 1;
    this.#options.socket.ping();
    this.send({ op: 'pulse', now: this.#options.clock.now() });
    return this.#heartbeatMs;
  }

  /** The law of an organisation changed: what the agent was told of it is told anew, and holds at once. */
  lawChanged(organisationId: number): void {
    if (this.#state.kind !== 'live' || this.#state.session.organisationId !== organisationId) return;
    this.#state.session.tellLaw();
    this.#beatAsTold(this.#state.session);
  }

  #beatAsTold({ heartbeatMs }: AgentSession): void {
    if (heartbeatMs === null || (this.#beating !== null && heartbeatMs === this.#heartbeatMs)) return;
    this.#heartbeatMs = heartbeatMs;
    this.#beating?.[Symbol.dispose]();
    this.#beating = this.#options.heartbeats.add(this, heartbeatMs);
  }

  #helloIsLate(): void {
    if (this.#state.kind === 'expecting_hello') this.close(4408, 'no hello within five seconds');
  }

  #take(frame: ClientFrame): void {
    switch (this.#state.kind) {
      case 'expecting_hello':
        if (frame.op !== 'hello') return this.close(4400, 'the first frame is a hello');
        this.#state = { kind: 'opening' };
        this.#open(frame).catch((error: unknown) => this.#fail(error));
        return;
      case 'opening':
        this.#early.push(frame);
        return;
      case 'live':
        this.#state.session.obey(frame).catch((error: unknown) => this.#fail(error));
        return;
      case 'closed':
        return;
    }
  }

  async #open(hello: Hello): Promise<void> {
    const { engine, authenticator, presence, gateway, clock } = this.#options;
    const claims = await authenticator.openSession(hello.token);
    if (claims instanceof RollcallError) return this.close(4401, claims.message);
    const { userId: agentId } = claims;
    const member = engine.record(agentId)?.member;
    // Somebody who was made a moment ago: the engine hears of it soon.
    if (member === undefined) return this.close(4500, 'not known yet; try again');
    if (!member.active) return this.close(4401, 'the user was deactivated');
    if (!hasPresence(member)) return this.close(4403, 'this role has no presence');
    if (gateway.isFull(agentId, hello.resume?.session ?? null)) return this.close(4429, TOO_MANY_SOCKETS);

    const opening = this.#openingOf(hello, claims);
    const answer = await engine.dispatch(agentId, { input: opening });
    const record = engine.record(agentId);
    if (!answer.ok || record === null) return this.close(4500, 'the session could not be opened; try again');
    const opened =
      record.sessions.find(({ id }) => id === opening.session) ??
      record.sessions.find(({ id }) => id === opening.resume?.session);
    if (opened === undefined) return this.close(4410, 'logged out');
    presence.began(claims, opened.id);
    const live: Live = { agentId, session: opened.id };
    if (this.#isClosed()) return gateway.lost(live);
    if (!gateway.admit(this, live)) return this.close(4429, TOO_MANY_SOCKETS);

    const session = new AgentSession({ engine, clock, live, opening, outlet: this });
    this.#state = { kind: 'live', session };
    this.#held.push(
      engine.listen(agentId, (committed) => session.hear(committed)),
      authenticator.liveSessions.attach(claims, () => this.close(4401, 'the log-in session ended')),
    );
    this.#beatAsTold(session);
    const isFresh = live.session === opening.session;
    session.welcome(record, !isFresh);
    if (isFresh && (opening.resume?.seq ?? 0) >= answer.seq) this.#tellOfLoss();
    const receiving = session.receive();
    // What waited may have been more than a slow peer's socket takes.
    if (this.#isClosed()) return receiving[Symbol.dispose]();
    this.#held.push(receiving);
    for (const frame of this.#early.splice(0)) this.#take(frame);
  }

  #openingOf({ device, resume = null }: Hello, { sessionId: login }: Claims): Opening {
    const { presence, socket } = this.#options;
    const { address } = socket.peer;
    return {
      type: 'open',
      session: presence.newSession(),
      device,
      address,
      lives: 'on_socket',
      login,
      resume,
    };
  }

  /** The client knew of more than the server does: a disk was lost (C9). */
  #tellOfLoss(): void {
    const text = 'The server has lost what you did last: you were logged in anew.';
    this.send({ op: 'notice', kind: 'incident', at: this.#options.clock.now(), text });
  }

  #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  #fail(error: unknown): void {
    this.#options.gateway.failed(error);
    this.close(4500, 'something went wrong on the server');
  }
}

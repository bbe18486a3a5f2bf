/**
 * One agent's socket, from hello to goodbye (CONTRACT: Agent socket).
 *
 * No frame is lost without a word: what can't be understood closes the socket with a code that says why, and every
 * command that has an id is answered, once what it changed is on disk.
 */
import { allowedNow } from '../engine/agent.ts';
import type { Answer } from '../engine/answers.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Input } from '../engine/inputs.ts';
import type { Committed } from '../engine/partition.ts';
import type { AgentRecord } from '../engine/record.ts';
import { tileOf } from '../engine/tile.ts';
import { readFrame } from './agent-frame-reader.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { hasPresence } from './auth/permissions.ts';
import type { ClientFrame, CloseCode, ServerFrame } from './contract/agent-frames.ts';
import { RollcallError } from './contract/errors.ts';
import type { Heartbeats } from './heartbeats.ts';
import { TokenBucket } from './limits.ts';
import { chooseStatus } from './presence-commands.ts';
import { statusesOf } from './statuses.ts';
import type { Socket, SocketListener } from './transport.ts';

export interface AgentConnectionOptions {
  readonly socket: Socket;
  readonly engine: Engine;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly heartbeats: Heartbeats;
  readonly gateway: Gateway;
}

/** What a connection needs of those beside it. */
export interface Gateway {
  /** A session id that no other node gives. */
  newSession(): string;
  /** Takes a connection in as the one of its session; false when its user has too many. */
  admit(connection: AgentConnection, live: Live): boolean;
  /** A connection ended; with it the session that it was the one of. */
  leave(connection: AgentConnection): void;
  /** A session was opened whose connection had already gone. */
  lost(live: Live): void;
  failed(error: unknown): void;
}

export interface Live {
  readonly agentId: number;
  readonly session: string;
}

type State =
  | { readonly kind: 'expecting_hello' }
  | { readonly kind: 'opening' }
  | ({ readonly kind: 'live' } & Live)
  | { readonly kind: 'closed' };

const HELLO_MS = 5_000;
const FRAME_RATE = { perSecond: 20, burst: 40 };
const ACTIVE_MS = 1_000;
/** So many pings without an answer, and the connection counts as lost. */
const MISSED_PINGS = 2;

export class AgentConnection implements SocketListener {
  readonly #options: AgentConnectionOptions;
  readonly #bucket: TokenBucket;
  readonly #held: Disposable[] = [];
  #state: State = { kind: 'expecting_hello' };
  /** Frames that came while the session was opened. The frame rate bounds them. */
  readonly #early: ClientFrame[] = [];
  #unansweredPings = 0;
  #activeAt = -ACTIVE_MS;
  /** This socket's own command logged the agent out: it is answered first. */
  #isLeaving = false;

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
      case 'invalid':
        return this.send({
          op: 'no',
          id: frame.id,
          code: 'VALIDATION',
          message: 'the frame is not valid',
          fields: frame.fields,
        });
      case 'frame':
        return this.#take(frame.frame);
    }
  }

  pong(): void {
    this.#unansweredPings = 0;
  }

  closed(): void {
    this.#state = { kind: 'closed' };
    for (const held of this.#held.splice(0)) held[Symbol.dispose]();
    this.#options.gateway.leave(this);
  }

  send(frame: ServerFrame): void {
    this.#options.socket.send(JSON.stringify(frame));
  }

  close(code: CloseCode | 1001, reason: string): void {
    this.#options.socket.close(code, reason);
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
        this.#obey(frame, this.#state).catch((error: unknown) => this.#fail(error));
        return;
      case 'closed':
        return;
    }
  }

  async #open(hello: Extract<ClientFrame, { op: 'hello' }>): Promise<void> {
    const { engine, authenticator, gateway, socket } = this.#options;
    const claims = await authenticator.openSession(hello.token);
    if (claims instanceof RollcallError) return this.close(4401, claims.message);
    const { userId: agentId } = claims;
    const member = engine.record(agentId)?.member;
    if (member === undefined || !hasPresence(member)) return this.close(4403, 'this role has no presence');

    const session = gateway.newSession();
    const resume = hello.resume ?? null;
    const input: Input = {
      type: 'open',
      session,
      device: hello.device,
      address: socket.peer.address,
      resume,
    };
    const answer = await engine.dispatch(agentId, { input });
    const record = engine.record(agentId);
    if (!answer.ok || record === null) return this.close(4500, 'the session could not be opened; try again');

    const opened =
      record.sessions.find(({ id }) => id === session) ??
      record.sessions.find(({ id }) => id === resume?.session);
    if (opened === undefined) return this.close(4410, 'logged out');
    const live: Live = { agentId, session: opened.id };
    if (this.#isClosed()) return gateway.lost(live);
    if (!gateway.admit(this, live)) return this.close(4429, 'this user has too many sockets');
    this.#state = { kind: 'live', ...live };
    this.#held.push(
      engine.listen(agentId, (committed) => this.#hear(committed, live)),
      authenticator.liveSessions.attach(claims, () => this.close(4401, 'the log-in session ended')),
      this.#options.heartbeats.add(this, this.#heartbeatMs(record)),
    );
    this.#welcome(record, live.session, opened.id !== session);
    for (const frame of this.#early.splice(0)) this.#take(frame);
  }

  #welcome(record: AgentRecord, session: string, resumed: boolean): void {
    const { engine, clock } = this.#options;
    const law = engine.law(record.member.organisationId);
    this.send({
      op: 'welcome',
      session,
      seq: record.seq,
      epoch: engine.epoch,
      now: clock.now(),
      tile: tileOf(record, 'full'),
      statuses: statusesOf(law.catalogue),
      allowed: allowedNow(record, law),
      heartbeatMs: this.#heartbeatMs(record),
      resumed,
    });
  }

  /** Carries out a command; the answer leaves when it is durable. */
  async #obey(frame: ClientFrame, { agentId, session }: Live): Promise<void> {
    const { engine, clock } = this.#options;
    switch (frame.op) {
      case 'hello':
        return this.close(4400, 'a socket says hello once');
      case 'active':
        if (clock.monotonic() - this.#activeAt < ACTIVE_MS) return;
        this.#activeAt = clock.monotonic();
        return engine.touch(agentId, session, frame.at);
      case 'status': {
        const { id, status, reason = null, next = false, expectSeq = null } = frame;
        return this.#answer(
          id,
          await chooseStatus(engine, { agentId, status, reason, next, expectSeq, command: { id, session } }),
        );
      }
      case 'work': {
        const { id, current, max } = frame;
        const input: Input = { type: 'work', current, max, session, by: agentId };
        return this.#answer(id, await engine.dispatch(agentId, { input, command: { id, session } }));
      }
      case 'extend':
        return this.send({
          op: 'no',
          id: frame.id,
          code: 'CONFLICT',
          message: 'no break with an end to extend',
        });
      case 'bye': {
        const input: Input = { type: 'leave', cause: 'agent', reason: null, session, by: agentId };
        return this.#answer(
          frame.id,
          await engine.dispatch(agentId, { input, command: { id: frame.id, session } }),
        );
      }
    }
  }

  #answer(id: string, answer: Answer): void {
    if (answer.ok) this.send({ op: 'ok', id, seq: answer.seq });
    else {
      const { code, message, allowed, current } = answer;
      this.send({ op: 'no', id, code, message, ...(allowed && { allowed }), ...(current && { current }) });
    }
    if (this.#isLeaving) this.close(1000, 'logged out');
  }

  /** Something of the agent became true: of this socket's doing or not. */
  #hear({ event, record }: Committed, { session }: Live): void {
    const { engine } = this.#options;
    const allowed = allowedNow(record, engine.law(record.member.organisationId));
    this.send({ op: 'state', tile: tileOf(record, 'full'), allowed });
    for (const effect of event.effects ?? []) {
      switch (effect) {
        case 'dismiss':
          this.#isLeaving =
            event.command !== undefined && 'session' in event.command && event.command.session === session;
          if (!this.#isLeaving)
            this.close(4410, event.cause === 'override' ? 'logged out by a supervisor' : 'logged out');
          break;
        case 'notify_forced':
        case 'notify_released': {
          const kind = effect === 'notify_forced' ? 'forced' : 'released';
          this.send({
            op: 'notice',
            kind,
            at: event.at,
            ...(event.reason !== undefined && { text: event.reason }),
          });
          break;
        }
      }
    }
  }

  beat(): number {
    const state = this.#state;
    const record = state.kind === 'live' ? this.#options.engine.record(state.agentId) : null;
    if (this.#unansweredPings >= MISSED_PINGS) this.close(1001, 'no answer to two heartbeats');
    this.#unansweredPings += 1;
    this.#options.socket.ping();
    this.send({ op: 'pulse', now: this.#options.clock.now() });
    return record === null ? HELLO_MS : this.#heartbeatMs(record);
  }

  #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  #heartbeatMs({ member }: AgentRecord): number {
    return this.#options.engine.law(member.organisationId).config.WEBSOCKET_HEARTBEAT_INTERVAL * 1000;
  }

  #fail(error: unknown): void {
    this.#options.gateway.failed(error);
    this.close(4500, 'something went wrong on the server');
  }
}

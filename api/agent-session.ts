/**
 * An agent's session while its socket lives: commands go in, and everything that becomes true of the agent goes out.
 *
 * Every command that has an id is answered, once what it changed is on disk.
 */
import { allowedNow } from '../engine/agent.ts';
import type { Answer } from '../engine/answers.ts';
import type { Cause } from '../engine/axes.ts';
import type { Clock } from '../engine/clock.ts';
import type { Delivery } from '../engine/delivery.ts';
import type { Engine } from '../engine/engine.ts';
import type { AgentEvent } from '../engine/events.ts';
import type { Input, Opening } from '../engine/inputs.ts';
import type { Committed } from '../engine/partition.ts';
import type { AgentRecord } from '../engine/record.ts';
import { tileOf } from '../engine/tile.ts';
import { noticesOf } from './agent-notices.ts';
import { Arrivals } from './arrivals.ts';
import { hasPresence } from './auth/permissions.ts';
import type { ClientFrame, CloseCode, ServerFrame } from './contract/agent-frames.ts';
import { messageOf } from './inbox.ts';
import { activityOf } from './message-commands.ts';
import { chooseStatus, extendBreak } from './presence-commands.ts';
import { statusesOf } from './statuses.ts';

/** Whose session, and which. */
export interface Live {
  readonly agentId: number;
  readonly session: string;
}

/** The socket, as the session sees it. */
export interface Outlet {
  send(frame: ServerFrame): void;
  /** A protocol ping; its text comes back once everything that was sent before it has arrived. */
  ping(text: string): void;
  close(code: CloseCode, reason: string): void;
}

export interface AgentSessionOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly live: Live;
  /** What the session was opened with. */
  readonly opening: Opening;
  readonly outlet: Outlet;
}

const ACTIVE_MS = 1_000;
const LOGGED_OUT: Readonly<Partial<Record<Cause, string>>> = {
  override: 'logged out by a supervisor',
  overrun: 'logged out: the time was over',
};

export class AgentSession {
  readonly #options: AgentSessionOptions;
  readonly #arrivals: Arrivals;
  #delivery: Delivery | null = null;
  #activeAt = -ACTIVE_MS;
  /** How to close: this session's own command logged the agent out, and is answered first. */
  #leaving: Parameters<Outlet['close']> | null = null;

  constructor(options: AgentSessionOptions) {
    this.#options = options;
    this.#arrivals = new Arrivals({
      ping: (text) => options.outlet.ping(text),
      onArrived: (messageIds) => this.#delivery?.delivered(messageIds),
    });
  }

  get organisationId(): number | null {
    return this.#record?.member.organisationId ?? null;
  }

  get #record(): AgentRecord | null {
    return this.#options.engine.record(this.#options.live.agentId);
  }

  /** How often the server speaks. */
  get heartbeatMs(): number | null {
    const record = this.#record;
    if (record === null) return null;
    const { config } = this.#options.engine.law(record.member.organisationId);
    return config.WEBSOCKET_HEARTBEAT_INTERVAL * 1000;
  }

  welcome(record: AgentRecord, resumed: boolean): void {
    const { engine, clock, outlet, live } = this.#options;
    const law = engine.law(record.member.organisationId);
    outlet.send({
      op: 'welcome',
      session: live.session,
      seq: record.seq,
      epoch: engine.epoch,
      now: clock.now(),
      tile: tileOf(record, 'full'),
      statuses: statusesOf(law.catalogue),
      allowed: allowedNow(record, law),
      heartbeatMs: law.config.WEBSOCKET_HEARTBEAT_INTERVAL * 1000,
      resumed,
    });
    // It began with a connection that was lost: now there is somebody to tell.
    if (record.flapping !== null) {
      const { since: at, until } = record.flapping;
      outlet.send({ op: 'notice', kind: 'flapping', at, until });
    }
  }

  /** From here on messages are delivered, those that waited first. Disposing ends it. */
  receive(): Disposable {
    const { engine, live, outlet } = this.#options;
    this.#delivery = engine.messages.attach(live.agentId, (letter) => {
      outlet.send({ op: 'message', ...messageOf(letter) });
      this.#arrivals.sent(letter.id);
    });
    return this.#delivery;
  }

  /** A ping came back. */
  answered(text: string): void {
    this.#arrivals.answered(text);
  }

  /** The law changed: what was told at the welcome is told anew. */
  tellLaw(): void {
    const { engine, outlet } = this.#options;
    const record = this.#record;
    if (record === null) return;
    const law = engine.law(record.member.organisationId);
    outlet.send({
      op: 'state',
      tile: tileOf(record, 'full'),
      allowed: allowedNow(record, law),
      statuses: statusesOf(law.catalogue),
      heartbeatMs: law.config.WEBSOCKET_HEARTBEAT_INTERVAL * 1000,
    });
  }

  /** Carries out a command; the answer leaves when it is durable. */
  async obey(frame: ClientFrame): Promise<void> {
    const { engine, clock, live, outlet } = this.#options;
    const { agentId, session } = live;
    switch (frame.op) {
      case 'hello':
        return outlet.close(4400, 'a socket says hello once');
      case 'active':
        if (clock.monotonic() - this.#activeAt < ACTIVE_MS) return;
        this.#activeAt = clock.monotonic();
        return engine.touch(agentId, session, frame.at);
      case 'status': {
        const { id, status, reason = null, next = false, expectSeq = null } = frame;
        const command = { id, session };
        const choice = { agentId, status, reason, next, expectSeq, command, opening: null };
        return this.#answer(id, await chooseStatus(engine, choice));
      }
      case 'work': {
        const { current, max } = frame;
        return this.#command(frame.id, { type: 'work', current, max, session, by: agentId });
      }
      case 'extend':
        return this.#answer(
          frame.id,
          await extendBreak(engine, { agentId, reason: frame.reason, command: { id: frame.id, session } }),
        );
      case 'read':
        return this.#answer(
          frame.id,
          await engine.messages.read(agentId, frame.messages, { id: frame.id, session }),
        );
      case 'acknowledge':
        return this.#answer(
          frame.id,
          await engine.messages.acknowledge(agentId, frame.message, { id: frame.id, session }),
        );
      case 'activity':
        return this.#recordActivity(frame);
      case 'bye':
        return this.#command(frame.id, { type: 'leave', cause: 'agent', reason: null, session, by: agentId });
    }
  }

  /** Something of the agent became true: of this session's doing or not. */
  hear({ event, record }: Committed): void {
    const { engine, outlet } = this.#options;
    const allowed = allowedNow(record, engine.law(record.member.organisationId));
    outlet.send({ op: 'state', tile: tileOf(record, 'full'), allowed });
    if (!hasPresence(record.member)) outlet.close(4403, 'this role has no presence');
    for (const notice of noticesOf({ event, record })) outlet.send(notice);
    if (event.effects?.includes('dismiss') === true) this.#dismiss(event);
    // Whichever node heard of it.
    if (event.type === 'session_lapsed' && event.session?.id === this.#options.live.session)
      outlet.close(4401, 'the log-in session ended');
    void this.#keep(record);
  }

  async #recordActivity(frame: Extract<ClientFrame, { op: 'activity' }>): Promise<void> {
    const { engine, clock, live, outlet } = this.#options;
    const member = engine.member(live.agentId);
    if (member === null) return outlet.close(4401, 'the user was deactivated');
    const activity = activityOf(frame, { member, now: clock.now() });
    const command = { id: frame.id, session: live.session };
    this.#answer(frame.id, await engine.recordActivity(activity, command));
  }

  async #command(id: string, input: Input): Promise<void> {
    const { engine, live } = this.#options;
    const command = { id, session: live.session };
    this.#answer(id, await engine.dispatch(live.agentId, { input, command }));
  }

  #answer(id: string, answer: Answer): void {
    const { outlet } = this.#options;
    if (answer.ok) outlet.send({ op: 'ok', id, seq: answer.seq });
    else {
      const { code, message, allowed, current } = answer;
      outlet.send({ op: 'no', id, code, message, ...(allowed && { allowed }), ...(current && { current }) });
    }
    if (this.#leaving !== null) outlet.close(...this.#leaving);
  }

  #dismiss({ command, cause = 'agent' }: AgentEvent): void {
    const { live, outlet } = this.#options;
    const isOwn = command !== undefined && 'session' in command && command.session === live.session;
    const reason = LOGGED_OUT[cause] ?? 'logged out';
    if (isOwn) this.#leaving = [cause === 'agent' ? 1000 : 4410, reason];
    else outlet.close(4410, reason);
  }

  /**
   * Two connections may have held the session for a moment, and the engine heard of the end of the former one after it
   * had given the session to this one: it is told that the session lives.
   */
  async #keep(record: AgentRecord): Promise<void> {
    const { engine, live, opening, outlet } = this.#options;
    const own = record.sessions.find(({ id }) => id === live.session);
    if (own === undefined || own.lostAt === null) return;
    const resume = { session: live.session, seq: record.seq };
    const input: Opening = { ...opening, session: live.session, resume };
    const answer = await engine.dispatch(live.agentId, { input });
    if (!answer.ok) outlet.close(4500, 'the session could not be kept; try again');
  }
}

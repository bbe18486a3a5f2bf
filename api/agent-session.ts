/**
 * An agent's session while its socket lives: commands go in, and everything that becomes true of the agent goes out.
 *
 * Every command that has an id is answered, once what it changed is on disk.
 */
import { allowedNow } from '../engine/agent.ts';
import type { Answer } from '../engine/answers.ts';
import type { Clock } from '../engine/clock.ts';
import type { Delivery } from '../engine/delivery.ts';
import type { Engine } from '../engine/engine.ts';
import type { AgentEvent } from '../engine/events.ts';
import type { Input } from '../engine/inputs.ts';
import type { Committed } from '../engine/partition.ts';
import type { AgentRecord } from '../engine/record.ts';
import { tileOf } from '../engine/tile.ts';
import { Arrivals } from './arrivals.ts';
import { hasPresence } from './auth/permissions.ts';
import type { ClientFrame, CloseCode, ServerFrame } from './contract/agent-frames.ts';
import { messageOf } from './inbox.ts';
import { activityOf } from './message-commands.ts';
import { chooseStatus } from './presence-commands.ts';
import { statusesOf } from './statuses.ts';

/** Whose session, and which. */
export interface Live {
  readonly agentId: number;
  readonly session: string;
}

export type OpenInput = Extract<Input, { type: 'open' }>;

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
  readonly opening: OpenInput;
  readonly outlet: Outlet;
}

const ACTIVE_MS = 1_000;

export class AgentSession {
  readonly #options: AgentSessionOptions;
  readonly #arrivals: Arrivals;
  #delivery: Delivery | null = null;
  #activeAt = -ACTIVE_MS;
  /** This session's own command logged the agent out: it is answered first. */
  #isLeaving = false;

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
        const choice = { agentId, status, reason, next, expectSeq, command: { id, session } };
        return this.#answer(id, await chooseStatus(engine, choice));
      }
      case 'work': {
        const { current, max } = frame;
        return this.#command(frame.id, { type: 'work', current, max, session, by: agentId });
      }
      case 'extend':
        return outlet.send({
          op: 'no',
          id: frame.id,
          code: 'CONFLICT',
          message: 'no break with an end to extend',
        });
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
    for (const effect of event.effects ?? []) {
      switch (effect) {
        case 'dismiss':
          this.#dismiss(event);
          break;
        case 'notify_forced':
        case 'notify_released': {
          const kind = effect === 'notify_forced' ? 'forced' : 'released';
          const text = event.reason;
          outlet.send({ op: 'notice', kind, at: event.at, ...(text !== undefined && { text }) });
          break;
        }
        // A message of its own, and not to the agent.
        case 'notify_supervisors':
          break;
      }
    }
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
    if (this.#isLeaving) outlet.close(1000, 'logged out');
  }

  #dismiss({ command, cause }: AgentEvent): void {
    const { live, outlet } = this.#options;
    this.#isLeaving = command !== undefined && 'session' in command && command.session === live.session;
    if (!this.#isLeaving)
      outlet.close(4410, cause === 'override' ? 'logged out by a supervisor' : 'logged out');
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
    const input: OpenInput = { ...opening, session: live.session, resume };
    const answer = await engine.dispatch(live.agentId, { input });
    if (!answer.ok) outlet.close(4500, 'the session could not be kept; try again');
  }
}

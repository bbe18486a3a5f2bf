import type { DutyStatus, Status } from './catalogue.ts';
import type { Law } from './law.ts';
import type { Member, Role } from './member.ts';

/**
 * What can happen to an agent: commands of people, news of connections, and timers. An input is a wish; an event
 * (events.ts) is what came of it.
 */
export type Input = Command | ConnectionInput | EngineInput | MasterDataInput | ClockInput;

/** A wish of a person. */
export type Command =
  | ({ readonly type: 'choose' } & Choice)
  /** For after the task or the wrap-up at hand; with neither, a choice (D4). */
  | ({ readonly type: 'queue' } & Choice)
  | {
      readonly type: 'work';
      readonly current: number;
      readonly max: number;
      readonly session: string;
      readonly by: number;
    }
  | {
      readonly type: 'leave';
      readonly cause: 'agent' | 'override';
      readonly reason: string | null;
      readonly session: string | null;
      readonly by: number;
    }
  | ({ readonly type: 'force' } & Order)
  /** For after the task or the wrap-up at hand; with neither, it stands at once. */
  | ({ readonly type: 'queue_force' } & Order)
  | { readonly type: 'release'; readonly by: number }
  /** More time for the break at hand. */
  | {
      readonly type: 'extend';
      readonly reason: string;
      readonly session: string | null;
      readonly by: number;
    };

/** An agent's own. `offline` logs out. */
export interface Choice {
  readonly status: string;
  readonly reason: string | null;
  readonly session: string | null;
  readonly by: number;
}

/** A supervisor's. `offline` logs out. */
export interface Order {
  readonly status: string;
  readonly reason: string;
  readonly hold: boolean;
  readonly by: number;
}

/** A session begins, or goes on. */
export interface Opening {
  readonly type: 'open';
  /** Id of the session to begin if there is none to resume. */
  readonly session: string;
  readonly device: string;
  readonly address: string;
  /** What it lives on. On requests it begins only while the agent is offline (C10). */
  readonly lives: 'on_socket' | 'on_requests';
  /** The log-in session that it is opened with. */
  readonly login: string;
  /** The session that the client held, and the last seq it knows. */
  readonly resume: { readonly session: string; readonly seq: number } | null;
}

/** What a gateway saw of a connection. */
export type ConnectionInput =
  | Opening
  | {
      readonly type: 'lose';
      readonly session: string;
      /** The connection is gone because of us: it says nothing of the agent's (C8). */
      readonly byServer: boolean;
    };

/** What the engine finds by itself: a deadline that came due, evidence of activity, its own start, another law. */
export type EngineInput =
  /** Activity was seen at `at` of an agent who counted as idle. */
  | { readonly type: 'active'; readonly at: number }
  | { readonly type: 'grace' }
  | { readonly type: 'expire'; readonly session: string }
  | { readonly type: 'idle'; readonly since: number }
  /** A session on the requests of that log-in session has had none since then; or (null) the log-in session has ended. */
  | {
      readonly type: 'lapse';
      readonly session: string;
      readonly login: string;
      readonly since: number | null;
    }
  /** The time of the duty is nearly over, is over, has been over for a while. */
  | { readonly type: 'warn' | 'overrun' | 'escalate' }
  /** For a while the connection has neither come nor gone. */
  | { readonly type: 'steady' }
  | { readonly type: 'restart' }
  /** Timers stand still for the whole organisation. */
  | { readonly type: 'freeze' }
  /** The organisation's law is another one: what follows from it is looked at anew. */
  | { readonly type: 'review' };

/** Master data changed: not a matter of the statechart. */
export interface MasterDataInput {
  readonly type: 'profile';
  readonly member: Member;
}

/** The wall clock was set ahead: what is yet to come is as far away as it was (D6). No state follows another here. */
export interface ClockInput {
  readonly type: 'postpone';
  readonly byMs: number;
}

/** What the statechart is told: an input, with the circumstances under which it is judged. */
export type Stimulus = Circumstances &
  (
    | Exclude<Input, Naming | NamingForLater | MasterDataInput | ClockInput>
    /** With the status that it names: the chosen or forced one, on `open` that of a fresh log-in. */
    | (Naming & { readonly named: DutyStatus })
    /** A log-out, too, may come later. */
    | (NamingForLater & { readonly named: Status })
  );

type Naming = Extract<Input, { type: 'open' | 'choose' | 'force' }>;
type NamingForLater = Extract<Input, { type: 'queue' | 'queue_force' }>;

export interface Circumstances {
  /** Epoch milliseconds; never before the agent's last event. */
  readonly now: number;
  readonly law: Law;
  readonly role: Role;
  /** The agent's last seq. */
  readonly seq: number;
  /** Until when the organisation's timers stand still for this agent, epoch milliseconds; null while they run (C7). */
  readonly frozenUntil: number | null;
}

/**
 * How a sender marks a command, so that sending it twice does it once (B6): the id is the sender's own, and counts
 * within its session, or within the user where commands come without a session.
 */
export type CommandId = { readonly id: string } & ({ readonly session: string } | { readonly user: number });

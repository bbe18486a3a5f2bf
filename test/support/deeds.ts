import type { Answer } from '../../engine/answers.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Opening } from '../../engine/inputs.ts';
import type { AgentRecord } from '../../engine/record.ts';

export interface How {
  /** Null: not through a session. */
  readonly session?: string | null;
  readonly reason?: string | null;
  /** Id of the command. */
  readonly id?: string;
  readonly expectSeq?: number;
  /** The session to begin first, where the agent is offline. */
  readonly opening?: Opening;
}

/** One agent and its supervisor, as tests speak of them. */
export class Deeds {
  readonly agent: number;
  readonly #engine: Engine;

  constructor(engine: Engine, agent: number) {
    this.#engine = engine;
    this.agent = agent;
  }

  get record(): AgentRecord {
    const record = this.#engine.record(this.agent);
    if (record === null) throw new RangeError(`nobody knows agent ${this.agent}`);
    return record;
  }

  opens(
    session: string,
    resume: Opening['resume'] = null,
    more: Partial<Pick<Opening, 'login' | 'lives'>> = {},
  ): Promise<Answer> {
    return this.#engine.dispatch(this.agent, { input: { ...opening(session, more), resume } });
  }

  /** The session's connection is gone; the gateway says so. */
  loses(session: string, how: { readonly byServer?: boolean } = {}): void {
    this.#engine.lose(this.agent, session, how);
  }

  stirs(session: string, at: number): void {
    this.#engine.touch(this.agent, session, at);
  }

  chooses(
    status: string,
    { session = null, reason = null, id, expectSeq, opening: begins }: How = {},
  ): Promise<Answer> {
    return this.#engine.dispatch(this.agent, {
      input: { type: 'choose', status, reason, session, by: this.agent },
      ...(id !== undefined && {
        command: session === null ? { id, user: this.agent } : { id, session },
      }),
      ...(expectSeq !== undefined && { expectSeq }),
      ...(begins !== undefined && { opening: begins }),
    });
  }

  /** For after the task or the wrap-up at hand. */
  queues(status: string, { session = null, reason = null }: How = {}): Promise<Answer> {
    const input = { type: 'queue', status, reason, session, by: this.agent } as const;
    return this.#engine.dispatch(this.agent, { input });
  }

  works(session: string, current: number, max: number): Promise<Answer> {
    const input = { type: 'work', current, max, session, by: this.agent } as const;
    return this.#engine.dispatch(this.agent, { input });
  }

  extends(reason: string, { session = null, id }: Pick<How, 'session' | 'id'> = {}): Promise<Answer> {
    return this.#engine.dispatch(this.agent, {
      input: { type: 'extend', reason, session, by: this.agent },
      ...(id !== undefined && {
        command: session === null ? { id, user: this.agent } : { id, session },
      }),
    });
  }

  saysBye(session: string, id = 'bye'): Promise<Answer> {
    return this.#engine.dispatch(this.agent, {
      input: { type: 'leave', cause: 'agent', reason: null, session, by: this.agent },
      command: { id, session },
    });
  }

  isForced(
    status: string,
    { hold = false, id, by = SUPERVISOR }: { hold?: boolean; id?: string; by?: number } = {},
  ): Promise<Answer> {
    return this.#engine.dispatch(this.agent, {
      input: { type: 'force', status, reason: 'as I say', hold, by },
      ...(id !== undefined && { command: { id, user: by } }),
    });
  }

  /** After the task or the wrap-up at hand. */
  isForcedNext(status: string, { hold = false, reason = 'as I say' } = {}): Promise<Answer> {
    const input = { type: 'queue_force', status, reason, hold, by: SUPERVISOR } as const;
    return this.#engine.dispatch(this.agent, { input });
  }

  isReleased({ by = SUPERVISOR, id }: { by?: number; id?: string } = {}): Promise<Answer> {
    return this.#engine.dispatch(this.agent, {
      input: { type: 'release', by },
      ...(id !== undefined && { command: { id, user: by } }),
    });
  }
}

const SUPERVISOR = 900;

/** A session on a socket, unless told otherwise. */
export function opening(session: string, more: Partial<Pick<Opening, 'lives' | 'login'>> = {}): Opening {
  return {
    type: 'open',
    session,
    device: 'a device',
    address: '127.0.0.1',
    lives: 'on_socket',
    login: `log-in of ${session}`,
    resume: null,
    ...more,
  };
}

/** What may be asked of an agent's presence, whichever way it is asked. */
import type { Answer } from '../engine/answers.ts';
import { OFFLINE } from '../engine/catalogue.ts';
import type { Engine } from '../engine/engine.ts';
import { refuse } from '../engine/errors.ts';
import type { CommandId, Opening } from '../engine/inputs.ts';

export interface StatusChoice {
  readonly agentId: number;
  readonly status: string;
  readonly reason: string | null;
  /** Not now but after the task or the wrap-up at hand. */
  readonly next: boolean;
  readonly command: CommandId;
  readonly expectSeq: number | null;
  /** The session to begin first, where the agent is offline; null for none. */
  readonly opening: Opening | null;
}

/** Chooses a status, for now or for later (D4). Resolves once it is durable, or refused. */
export function chooseStatus(engine: Engine, choice: StatusChoice): Promise<Answer> {
  const { agentId, status, reason, next, command, expectSeq, opening } = choice;
  const type = next ? 'queue' : 'choose';
  return engine.dispatch(agentId, {
    input: { type, status, reason, session: sessionOf(command), by: agentId },
    command,
    ...(expectSeq !== null && { expectSeq }),
    ...(opening !== null && { opening }),
  });
}

export interface Extension {
  readonly agentId: number;
  readonly reason: string;
  readonly command: CommandId;
}

/** More time for the break at hand, once (D2). Resolves once it is durable, or refused. */
export function extendBreak(engine: Engine, { agentId, reason, command }: Extension): Promise<Answer> {
  const input = { type: 'extend', reason, session: sessionOf(command), by: agentId } as const;
  return engine.dispatch(agentId, { input, command });
}

export interface ForcedStatus {
  readonly agentId: number;
  readonly status: string;
  readonly reason: string;
  readonly hold: boolean;
  readonly when: 'now' | 'after_task';
  readonly command: CommandId & { readonly user: number };
}

/** Forces a status above the duty, or logs the agent out (E1), now or later. Resolves once it is durable, or refused. */
export function forceStatus(engine: Engine, forced: ForcedStatus): Promise<Answer> {
  const { agentId, status, reason, hold, when, command } = forced;
  if (hold && status === OFFLINE)
    return Promise.resolve(refuse('VALIDATION', 'a log-out can not be held: the agent may always come back'));
  const type = when === 'now' ? 'force' : 'queue_force';
  return engine.dispatch(agentId, { input: { type, status, reason, hold, by: command.user }, command });
}

/** Ends an override, and one that waits: the duty shows again. Resolves once it is durable, or refused. */
export function releaseStatus(
  engine: Engine,
  agentId: number,
  command: CommandId & { readonly user: number },
): Promise<Answer> {
  return engine.dispatch(agentId, { input: { type: 'release', by: command.user }, command });
}

/** Null for a command that comes without one. */
function sessionOf(command: CommandId): string | null {
  return 'session' in command ? command.session : null;
}

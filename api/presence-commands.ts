/** What agents may ask of their own presence, whichever way they ask. */
import type { Answer } from '../engine/answers.ts';
import type { Engine } from '../engine/engine.ts';
import { refuse } from '../engine/errors.ts';
import type { CommandId } from '../engine/inputs.ts';

export interface StatusChoice {
  readonly agentId: number;
  readonly status: string;
  readonly reason: string | null;
  /** Not now but after the task or the wrap-up at hand. */
  readonly next: boolean;
  readonly command: CommandId;
  readonly expectSeq: number | null;
}

/** Chooses a status. Resolves once it is durable, or refused. */
export function chooseStatus(engine: Engine, choice: StatusChoice): Promise<Answer> {
  const { agentId, status, reason, command, expectSeq } = choice;
  const record = engine.record(agentId);
  // With neither a task nor a wrap-up at hand, "next" is now (D4).
  if (choice.next && record !== null && (record.current > 0 || record.duty === 'wrap_up')) {
    return Promise.resolve(
      refuse('VALIDATION', 'a status can not be queued behind a task or a wrap-up in this version'),
    );
  }
  const session = 'session' in command ? command.session : null;
  return engine.dispatch(agentId, {
    input: { type: 'choose', status, reason, session, by: agentId },
    command,
    ...(expectSeq !== null && { expectSeq }),
  });
}

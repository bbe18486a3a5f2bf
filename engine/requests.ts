import { apply, type Bench, decide, type Decision } from './agent.ts';
import type { Answer } from './answers.ts';
import type { AgentEvent } from './events.ts';
import type { CommandId, Input, Opening } from './inputs.ts';
import type { AgentRecord } from './record.ts';

/** An input with what its sender wants to know. */
export interface Request {
  readonly input: Input;
  readonly command?: CommandId;
  readonly expectSeq?: number;
  /**
   * Where the agent is offline: the session to begin first (C10), if the input is all right then. Where the disk fails
   * between the two, the session has begun, and the input can be sent again.
   */
  readonly opening?: Opening;
}

/** An input on its way. Nobody waits for the engine's own: they are repeated until they are durable. */
export interface Pending extends Request {
  readonly answer: ((answer: Answer) => void) | null;
  /** The moment that a timer stands for: it is never judged as if it were earlier. */
  readonly notBefore: number;
}

/** The input is all right, and a session has to begin first. */
export interface Opens {
  readonly kind: 'opens';
  readonly event: AgentEvent;
}

/** What comes of a request. Pure. */
export function decideRequest(
  record: AgentRecord,
  { input, command, expectSeq, opening }: Request,
  bench: Omit<Bench, 'command' | 'expectSeq'>,
): Decision | Opens {
  const asked = { ...bench, ...(command !== undefined && { command }) };
  const expecting = expectSeq !== undefined && { expectSeq };
  if (opening === undefined || record.connectivity !== 'disconnected')
    return decide(record, input, { ...asked, ...expecting });
  const opened = decide(record, opening, { ...bench, ...expecting });
  if (opened.kind !== 'changed') return opened;
  const then = decide(apply(record, opened.event), input, asked);
  return then.kind === 'refused' ? then : { kind: 'opens', event: opened.event };
}

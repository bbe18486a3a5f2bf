import type { Answer } from './answers.ts';
import type { Note } from './entries.ts';
import type { Refusal } from './errors.ts';
import type { CommandId, Input, Opening } from './inputs.ts';

/** An input with what its sender wants to know. */
export interface Request {
  readonly input: Input;
  readonly command?: CommandId;
  readonly expectSeq?: number;
  /** Where the agent is offline: the session to begin first (C10), if the input is all right then. */
  readonly opening?: Opening;
}

/** Notes that somebody wants written down, in their turn among everything else that concerns an agent. */
export interface NoteRequest {
  readonly write: Write;
  readonly command?: CommandId;
}

/** Called when the turn has come, with the time in epoch milliseconds: the notes, none where there is nothing new. */
export type Write = (now: number) => readonly Note[] | Refusal;

/** A request on its way. Nobody waits for the engine's own: they are repeated until they are durable. */
export type Pending = (Request | NoteRequest) & {
  readonly answer: ((answer: Answer) => void) | null;
  /** The moment that a timer stands for: it is never judged as if it were earlier. */
  readonly notBefore: number;
};

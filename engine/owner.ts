import type { Answer } from './answers.ts';
import type { Input } from './inputs.ts';
import type { Member } from './member.ts';
import type { NoteRequest, Request, Write } from './requests.ts';

/**
 * Whoever owns a partition, as everybody else sees it: what comes for its agents is handed there, on this node or on
 * another (SPEC B1).
 */
export interface Owner {
  /** Resolves once it is durable, or refused. Never rejects. */
  dispatch(agentId: number, request: Request | NoteRequest): Promise<Answer>;
  /** Master data of a user, new or changed. */
  enrol(member: Member): Promise<Answer>;
  /** News of an agent that nobody waits for: repeated until they are durable. */
  tell(agentId: number, input: Input): void;
  /** Notes of the engine's own, likewise. */
  note(agentId: number, write: Write): void;
  /** Activity of a session was seen at `at`, epoch milliseconds. */
  touch(agentId: number, session: string, at: number): void;
  /**
   * Claims an agent for somebody who is given them elsewhere; false where somebody else was, where nobody may be, and by
   * who owns the agent no more. Never rejects.
   */
  hold(agentId: number): Promise<boolean>;
}

import type { Tile } from './tile.ts';

/** Why a command was not carried out. The codes are a part of the product's one closed table of errors. */
export type RefusalCode =
  | 'VALIDATION'
  | 'NOT_FOUND'
  | 'NOT_CONNECTED'
  | 'CONFLICT'
  | 'UNKNOWN_STATUS'
  | 'TRANSITION_NOT_ALLOWED'
  | 'REASON_REQUIRED'
  | 'OVERLOADED'
  | 'UNAVAILABLE'
  | 'JOURNAL_FAILED';

/** A command that changed nothing, and what would have been accepted instead. */
export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly message: string;
  /** The status codes that the agent may choose now. */
  readonly allowed?: readonly string[];
  /** The state that a CONFLICT was measured against. */
  readonly current?: { readonly seq: number; readonly tile: Tile };
}

/** Refusals that say nothing about the command: the same command may succeed when it is sent again. */
const RETRYABLE: ReadonlySet<RefusalCode> = new Set(['OVERLOADED', 'UNAVAILABLE', 'JOURNAL_FAILED']);

export function isRetryable(refusal: Refusal): boolean {
  return RETRYABLE.has(refusal.code);
}

export function journalFailed(): Refusal {
  return refuse('JOURNAL_FAILED', 'the change could not be written down; nothing changed');
}

export function refuse(
  code: RefusalCode,
  message: string,
  more: Pick<Refusal, 'allowed' | 'current'> = {},
): Refusal {
  return { ok: false, code, message, ...more };
}

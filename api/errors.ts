import {
  DatabaseFailed,
  DuplicateValue,
  InvalidValue,
  StillNeeded,
  UnknownReference,
} from '../drizzle/errors.ts';
import { TeamFull } from '../drizzle/repositories/seats.ts';
import type { Done } from '../engine/answers.ts';
import type { Answer } from '../engine/answers.ts';
import { BadCursor } from '../engine/documents/port.ts';
import { TargetUnavailable } from '../engine/projection.ts';
import { RollcallError } from './contract/errors.ts';

/** What a command came to, or its refusal as an error of the table. */
export function doneOrThrow(answer: Answer): Done {
  if (answer.ok) return answer;
  const { code, message, allowed, current } = answer;
  throw new RollcallError(message, { code, ...(allowed && { allowed }), ...(current && { current }) });
}

/** Awaits work on the database; its errors become those of the table. */
export async function stored<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    throw translate(cause);
  }
}

/** Awaits a page; a cursor that is none of its own is the caller's to mend. */
export function paged<Result>(work: Promise<Result>): Promise<Result> {
  return stored(work).catch((cause: unknown) => {
    if (!(cause instanceof BadCursor)) throw cause;
    throw new RollcallError(
      cause.message,
      { code: 'VALIDATION', fields: { cursor: cause.message } },
      { cause },
    );
  });
}

function translate(cause: unknown): unknown {
  if (cause instanceof DuplicateValue)
    return new RollcallError(
      cause.message,
      { code: 'CONFLICT', fields: { [cause.field]: cause.message } },
      { cause },
    );
  if (cause instanceof TeamFull || cause instanceof StillNeeded)
    return new RollcallError(cause.message, { code: 'CONFLICT' }, { cause });
  if (cause instanceof UnknownReference || cause instanceof InvalidValue) {
    return new RollcallError(
      cause.message,
      { code: 'VALIDATION', fields: { [cause.field ?? 'input']: cause.message } },
      { cause },
    );
  }
  if (cause instanceof DatabaseFailed || cause instanceof TargetUnavailable)
    return new RollcallError('the database is not available', { code: 'UNAVAILABLE' }, { cause });
  return cause;
}

/**
 * What can be wrong with what was asked of the database, said without SQL. A repository throws these, or what the
 * caller's own work within a transaction throws, and nothing else.
 */
import { DrizzleQueryError } from 'drizzle-orm/errors';
import { DatabaseError } from 'pg';

/** Another row already has this value. */
export class DuplicateValue extends Error {
  override readonly name = 'DuplicateValue';
  readonly field: string;

  constructor(field: string, options?: ErrorOptions) {
    super(`${field} is already taken`, options);
    this.field = field;
  }
}

/** The value names something that doesn't exist in this organisation. */
export class UnknownReference extends Error {
  override readonly name = 'UnknownReference';
  readonly field: string;

  constructor(field: string, options?: ErrorOptions) {
    super(`${field} names nothing that exists`, options);
    this.field = field;
  }
}

/** The value breaks a rule of the table. The edge should have refused it. */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
  /** Null where PostgreSQL doesn't say which, as of a text that is too long. */
  readonly field: string | null;

  /** With a message, where more is known than that it is not valid. */
  constructor(
    field: string | null,
    { message, ...options }: ErrorOptions & { readonly message?: string } = {},
  ) {
    super(message ?? `${field ?? 'a value'} is not valid`, options);
    this.field = field;
  }
}

/** What is to go is still needed. The message says by what. */
export class StillNeeded extends Error {
  override readonly name = 'StillNeeded';
}

/** The database didn't do its work: out of reach, out of time, stopped. The cause is for the log alone. */
export class DatabaseFailed extends Error {
  override readonly name = 'DatabaseFailed';
  /** SQLSTATE, or null where the database said nothing. */
  readonly sqlState: string | null;

  constructor(sqlState: string | null, options?: ErrorOptions) {
    super(`the database failed${sqlState === null ? '' : ` (${sqlState})`}`, options);
    this.sqlState = sqlState;
  }
}

/** The error as repositories throw it. Errors that are not the database's are returned as they are. */
export function withoutSql(error: unknown): unknown {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  if (cause instanceof DatabaseError) return fromServer(cause);
  return error instanceof DrizzleQueryError ? new DatabaseFailed(null, { cause }) : error;
}

function fromServer(error: DatabaseError): Error {
  const options = { cause: error };
  switch (error.code) {
    case '23505':
      return new DuplicateValue(fieldOf(error) ?? 'value', options);
    case '23503':
      return new UnknownReference(fieldOf(error) ?? 'value', options);
    case '23502':
    case '23514':
      return new InvalidValue(fieldOf(error), options);
    default:
      return isBadData(error.code)
        ? new InvalidValue(null, options)
        : new DatabaseFailed(error.code ?? null, options);
  }
}

/** Class 22, data exceptions: too long, out of range, a character that no text can hold. */
function isBadData(code: string | undefined): boolean {
  return code?.startsWith('22') ?? false;
}

/** The field that a constraint is about, from its name (schema/columns.ts), as rows spell it. */
function fieldOf({ table = '', constraint, column }: DatabaseError): string | null {
  if (constraint === undefined) return column === undefined ? null : camelCase(column);
  const name = constraint.slice(table.length + 1);
  const field = name.replace(/_(?:key|fkey|check|organisations_id_fk)$/, '');
  return field === 'pkey' ? 'id' : camelCase(field);
}

function camelCase(column: string): string {
  return column.replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
}

/**
 * The closed table of errors. Every refusal that leaves the process carries one of these codes, on every transport.
 */
export const ERRORS = {
  VALIDATION: { trpc: 'BAD_REQUEST', http: 400, again: 'no' },
  UNAUTHENTICATED: { trpc: 'UNAUTHORIZED', http: 401, again: 'after log-in' },
  FORBIDDEN: { trpc: 'FORBIDDEN', http: 403, again: 'no' },
  PASSWORD_CHANGE_REQUIRED: { trpc: 'FORBIDDEN', http: 403, again: 'no' },
  NOT_FOUND: { trpc: 'NOT_FOUND', http: 404, again: 'no' },
  CONFLICT: { trpc: 'CONFLICT', http: 409, again: 'after reading' },
  NOT_CONNECTED: { trpc: 'CONFLICT', http: 409, again: 'after reading' },
  TRANSITION_NOT_ALLOWED: { trpc: 'UNPROCESSABLE_CONTENT', http: 422, again: 'no' },
  REASON_REQUIRED: { trpc: 'UNPROCESSABLE_CONTENT', http: 422, again: 'no' },
  UNKNOWN_STATUS: { trpc: 'UNPROCESSABLE_CONTENT', http: 422, again: 'no' },
  RATE_LIMITED: { trpc: 'TOO_MANY_REQUESTS', http: 429, again: 'then' },
  OVERLOADED: { trpc: 'SERVICE_UNAVAILABLE', http: 503, again: 'yes' },
  UNAVAILABLE: { trpc: 'SERVICE_UNAVAILABLE', http: 503, again: 'yes' },
  JOURNAL_FAILED: { trpc: 'SERVICE_UNAVAILABLE', http: 503, again: 'yes' },
  INTERNAL: { trpc: 'INTERNAL_SERVER_ERROR', http: 500, again: 'once' },
} as const satisfies Record<string, { trpc: string; http: number; again: Again }>;

/** Whether the same request may succeed when it is sent again. */
export type Again = 'no' | 'after log-in' | 'after reading' | 'then' | 'yes' | 'once';

export type ErrorCode = keyof typeof ERRORS;

/** What an error carries beside its message: `error.data.rollcall` on tRPC, the `no` frame on agent sockets. */
export interface ErrorDetail {
  readonly code: ErrorCode;
  /** Status codes that would have been accepted. */
  readonly allowed?: readonly string[];
  /** Milliseconds until another try may succeed. */
  readonly retryAfterMs?: number;
  /** What is wrong with which field. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The state that a CONFLICT was measured against. */
  readonly current?: unknown;
}

/** An error of the table, before a transport has put it into its own form. */
export class RollcallError extends Error {
  override readonly name = 'RollcallError';
  readonly detail: ErrorDetail;

  constructor(message: string, detail: ErrorDetail, options?: ErrorOptions) {
    super(message, options);
    this.detail = detail;
  }
}

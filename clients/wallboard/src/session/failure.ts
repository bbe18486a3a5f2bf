import type { ErrorCode, ErrorDetail } from '../../../../api/contract/errors.ts';

/** Why a call failed: a code of the closed table, or no answer that could be understood. */
export interface Failure {
  readonly code: ErrorCode | 'UNREACHABLE';
  /** The server's own words; empty where there was no answer. */
  readonly message: string;
  /** Milliseconds until another try may succeed, where the server told. */
  readonly retryAfterMs: number | null;
}

export const UNREACHABLE: Failure = { code: 'UNREACHABLE', message: '', retryAfterMs: null };

/** Reads what a call threw. Errors of the table carry `data.rollcall`; all others count as no answer. */
export function failureOf(error: unknown): Failure {
  const detail = detailOf(error);
  if (detail === null) return UNREACHABLE;
  return {
    code: detail.code,
    message: error instanceof Error ? error.message : '',
    retryAfterMs: detail.retryAfterMs ?? null,
  };
}

function detailOf(error: unknown): ErrorDetail | null {
  if (!(error instanceof Error) || !('data' in error)) return null;
  const { data } = error;
  if (typeof data !== 'object' || data === null || !('rollcall' in data)) return null;
  return data.rollcall as ErrorDetail;
}

import { initTRPC, TRPCError } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { ZodError } from 'zod';
import { type ErrorDetail, ERRORS, RollcallError } from '../contract/errors.ts';
import type { Role } from '../../engine/member.ts';
import type { Context } from './context.ts';
import { transformer } from './transformer.ts';

const t = initTRPC.context<Context>().create({
  transformer,
  isDev: false,
  /** Errors carry their place in the closed table, and its codes, never a stack. */
  errorFormatter: ({ shape, error }) => {
    const detail = detailOf(error);
    const { trpc, http } = ERRORS[detail.code];
    const { stack: _, ...data } = shape.data;
    const message = detail.code === 'INTERNAL' ? 'something went wrong on the server' : shape.message;
    return {
      ...shape,
      message: error.cause instanceof ZodError ? 'the input is not valid' : message,
      code: TRPC_ERROR_CODES_BY_KEY[trpc],
      data: { ...data, code: trpc, httpStatus: http, rollcall: detail },
    };
  },
  jsonl: { contentType: 'application/jsonl' },
  sse: {
    maxDurationMs: 24 * 3_600_000,
    ping: { enabled: true, intervalMs: 15_000 },
    client: { reconnectAfterInactivityMs: 45_000 },
  },
});

export const { router } = t;

/** For everybody. Refusals of ours become tRPC's errors here and nowhere else. */
export const openProcedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof RollcallError) throw toTRPCError(result.error.cause);
  return result;
});

/** For whoever has logged in, as they stand at this moment. */
export const userProcedure = openProcedure.use(({ ctx, next }) => {
  const principal = ctx.authenticator.principal(ctx.claims);
  ctx.presence.requested(principal.claims);
  return next({ ctx: { principal } });
});

/** For some roles alone; others are told so before anything that they sent is looked at. */
export function procedureFor(roles: readonly Role[]) {
  return userProcedure.use(({ ctx, next }) => {
    const { role } = ctx.principal.member;
    if (!roles.includes(role))
      throw new RollcallError(`this is not for the role ${role}`, { code: 'FORBIDDEN' });
    return next();
  });
}

export function toTRPCError(error: RollcallError): TRPCError {
  return new TRPCError({ code: ERRORS[error.detail.code].trpc, message: error.message, cause: error });
}

function detailOf(error: TRPCError): ErrorDetail {
  if (error.cause instanceof RollcallError) return error.cause.detail;
  if (error.cause instanceof ZodError) return { code: 'VALIDATION', fields: fieldsOf(error.cause) };
  const entry = Object.entries(ERRORS).find(([, { trpc }]) => trpc === error.code);
  if (entry !== undefined) return { code: entry[0] as ErrorDetail['code'] };
  return { code: error.code === 'INTERNAL_SERVER_ERROR' ? 'INTERNAL' : 'VALIDATION' };
}

function fieldsOf(error: ZodError): Record<string, string> {
  return Object.fromEntries(error.issues.map(({ path, message }) => [path.join('.') || 'input', message]));
}

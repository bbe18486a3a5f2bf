import type { LoggedIn } from '../auth/authenticator.ts';
import { loginInput, type LoginSession, refreshInput, type User } from '../contract/auth.ts';
import { RollcallError } from '../contract/errors.ts';
import { stored } from '../errors.ts';
import type { Context } from '../trpc/context.ts';
import { openProcedure, router, userProcedure } from '../trpc/procedures.ts';
import * as users from '../../drizzle/repositories/users.ts';

export const authRouter = router({
  login: openProcedure.input(loginInput).mutation(async ({ ctx, input }): Promise<LoginSession> => {
    const loggedIn = await stored(ctx.authenticator.login(input.username, input.password, ctx.peer));
    // Somebody who was made a moment ago, elsewhere: the first call must not be too early.
    if (ctx.engine.record(loggedIn.session.user.id) === null) await ctx.relay.relayed();
    return handOver(ctx, loggedIn, input.client === 'native');
  }),

  refresh: openProcedure.input(refreshInput).mutation(async ({ ctx, input }): Promise<LoginSession> => {
    const fromCookie = input.refreshToken === undefined;
    const token = input.refreshToken ?? ctx.cookies?.refreshToken ?? null;
    return handOver(ctx, await stored(ctx.authenticator.refresh(token, ctx.peer)), !fromCookie);
  }),

  /** Ends the log-in session: the presence that it holds, its tokens, and its sockets within a second. */
  logout: openProcedure.input(refreshInput).mutation(async ({ ctx, input }): Promise<{ success: true }> => {
    const { authenticator, presence } = ctx;
    const refreshToken = input.refreshToken ?? ctx.cookies?.refreshToken ?? null;
    const login = await stored(authenticator.ownerOf(ctx.claims, refreshToken));
    if (login !== null) {
      await presence.logOut(login);
      await stored(authenticator.logout(login));
    }
    ctx.cookies?.setRefreshToken(null, 0);
    return { success: true };
  }),

  me: userProcedure.query(async ({ ctx }): Promise<User> => {
    const { member } = ctx.principal;
    const user = await stored(users.byId(ctx.db, member.organisationId, member.id));
    if (user === null) throw new RollcallError('the user is gone', { code: 'UNAUTHENTICATED' });
    const { id, username, fullName: name, role, organisationId, teamId } = user;
    return { id, username, name, role, organisationId, teamId };
  }),
});

/** Browsers keep the refresh token in a cookie that scripts can't read; others, and sockets, get it in the answer. */
function handOver(ctx: Context, { session, refreshToken }: LoggedIn, isNative: boolean): LoginSession {
  if (isNative || ctx.cookies === null) return { ...session, refreshToken };
  ctx.cookies.setRefreshToken(refreshToken, ctx.authenticator.refreshMs);
  return session;
}

import * as users from '../../drizzle/repositories/users.ts';
import { agentOf } from '../agents.ts';
import { hashPassword } from '../auth/passwords.ts';
import { viewerOf } from '../auth/scopes.ts';
import { type Agent, createAgentInput, listAgentsInput } from '../contract/agents.ts';
import { RollcallError } from '../contract/errors.ts';
import { stored } from '../errors.ts';
import { router, userProcedure } from '../trpc/procedures.ts';

export const agentsRouter = router({
  list: userProcedure.input(listAgentsInput).query(async ({ ctx, input }) => {
    const { member, supervises } = await viewerOf(ctx);
    if (member.role === 'agent')
      throw new RollcallError('agents see their board, not the list of users', { code: 'FORBIDDEN' });
    const { filters, page, limit } = input;
    const { role, ...rest } = filters;
    const filter: users.UserFilter = {
      ...rest,
      ...(role !== undefined && { roles: [role] }),
      ...(member.role === 'supervisor' && { teamIds: supervises }),
    };
    const { rows, total } = await stored(
      users.list(ctx.db, member.organisationId, { ...filter, page, limit }),
    );
    return {
      data: rows.map((user): Agent => agentOf(user, { viewer: member, record: ctx.engine.record(user.id) })),
      meta: { total, page, limit, totalPages: Math.ceil(total / limit) },
    };
  }),

  create: userProcedure.input(createAgentInput).mutation(async ({ ctx, input }): Promise<Agent> => {
    const { member } = ctx.principal;
    if (member.role !== 'admin') throw new RollcallError('only admins make users', { code: 'FORBIDDEN' });
    const { password, name: fullName, ...given } = input;
    const by = { userId: member.id, ipAddress: ctx.peer.address, userAgent: ctx.peer.userAgent };
    const made = {
      ...given,
      fullName,
      organisationId: member.organisationId,
      passwordHash: await hashPassword(password),
    };
    const user = await stored(users.create(ctx.db, made, by));
    // The engine knows the new user before the caller does.
    await ctx.relay.relayed();
    return agentOf(user, { viewer: member, record: ctx.engine.record(user.id) });
  }),
});

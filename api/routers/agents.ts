import { update } from '../../drizzle/repositories/user-changes.ts';
import * as users from '../../drizzle/repositories/users.ts';
import { actorOf } from '../actor.ts';
import { agentOf } from '../agents.ts';
import type { Principal } from '../auth/authenticator.ts';
import { hashPassword } from '../auth/passwords.ts';
import { ADMINS, mayChange, mayRead } from '../auth/permissions.ts';
import { viewerOf } from '../auth/scopes.ts';
import {
  type Agent,
  type AgentChange,
  agentIdInput,
  createAgentInput,
  listAgentsInput,
  updateAgentInput,
} from '../contract/agents.ts';
import { RollcallError } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { stored } from '../errors.ts';
import type { Context } from '../trpc/context.ts';
import { procedureFor, router, userProcedure } from '../trpc/procedures.ts';

export const agentsRouter = router({
  list: userProcedure.input(listAgentsInput).query(async ({ ctx, input }) => {
    const { member, supervises } = viewerOf(ctx);
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

  byId: userProcedure.input(agentIdInput).query(async ({ ctx, input: { id } }): Promise<Agent> => {
    const viewer = viewerOf(ctx);
    const user = await userOf(ctx, id);
    if (!mayRead(viewer, user)) throw new RollcallError('this user is not for you', { code: 'FORBIDDEN' });
    return agentOf(user, { viewer: viewer.member, record: ctx.engine.record(id) });
  }),

  create: procedureFor(ADMINS)
    .input(createAgentInput)
    .mutation(async ({ ctx, input }): Promise<Agent> => {
      const { member } = ctx.principal;
      const { password, name: fullName, ...given } = input;
      const made = {
        ...given,
        fullName,
        organisationId: member.organisationId,
        passwordHash: await hashPassword(password),
      };
      const user = await stored(users.create(ctx.db, made, actorOf(ctx)));
      // The engine knows the new user before the caller does.
      await ctx.relay.relayed();
      return agentOf(user, { viewer: member, record: ctx.engine.record(user.id) });
    }),

  /** What whom may change of a user: oneself a little, managers all but rights, admins all. */
  update: userProcedure
    .input(updateAgentInput)
    .mutation(async ({ ctx, input: { id, ...change } }): Promise<Agent> => {
      const viewer = viewerOf(ctx);
      const user = await userOf(ctx, id);
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      const refused = given.map(([field]) => field).filter((field) => !mayChange(viewer, user, field));
      if (refused.length > 0 || !mayChange(viewer, user, 'name'))
        throw new RollcallError('this is not yours to change', {
          code: 'FORBIDDEN',
          fields: Object.fromEntries(refused.map((field) => [field, 'not yours to change'])),
        });
      return changed(ctx, id, change);
    }),

  /** Logs the user out everywhere; history keeps them. */
  deactivate: procedureFor(ADMINS)
    .input(agentIdInput)
    .mutation(async ({ ctx, input }): Promise<Agent> => {
      const { id } = await userOf(ctx, input.id);
      return changed(ctx, id, { active: false });
    }),
});

type Calling = Context & { readonly principal: Principal };

/** @throws RollcallError NOT_FOUND. */
async function userOf({ db, principal }: Calling, id: number): Promise<users.User> {
  const { organisationId } = principal.member;
  const user = idSchema.safeParse(id).success ? await stored(users.byId(db, organisationId, id)) : null;
  if (user === null) throw new RollcallError(`there is no user ${id}`, { code: 'NOT_FOUND' });
  return user;
}

async function changed(
  ctx: Calling,
  id: number,
  {
    name: fullName,
    active: isActive,
    ...same
  }: Omit<AgentChange, 'active'> & { readonly active?: boolean | undefined },
): Promise<Agent> {
  const { member } = ctx.principal;
  const change = { id, organisationId: member.organisationId, fullName, isActive, ...same };
  const user = await stored(update(ctx.db, change, { by: actorOf(ctx), now: new Date(ctx.clock.now()) }));
  if (user === null) throw new RollcallError(`there is no user ${id}`, { code: 'NOT_FOUND' });
  await ctx.relay.relayed();
  return agentOf(user, { viewer: member, record: ctx.engine.record(id) });
}

import * as teams from '../../drizzle/repositories/teams.ts';
import * as users from '../../drizzle/repositories/users.ts';
import { actorOf } from '../actor.ts';
import { agentOf } from '../agents.ts';
import type { Principal } from '../auth/authenticator.ts';
import { ADMINS, mayKnowTeam, mayReadTeam } from '../auth/permissions.ts';
import { viewerOf } from '../auth/scopes.ts';
import type { Agent } from '../contract/agents.ts';
import { RollcallError } from '../contract/errors.ts';
import {
  createTeamInput,
  type Team,
  teamInput,
  teamMembersInput,
  updateTeamInput,
} from '../contract/teams.ts';
import { stored } from '../errors.ts';
import type { Context } from '../trpc/context.ts';
import { procedureFor, router, userProcedure } from '../trpc/procedures.ts';

/** Teams. Changes hold when they are answered, for rights too. */
export const teamsRouter = router({
  /** Deactivated ones included, by name; agents see their own alone. */
  list: userProcedure.query(async ({ ctx }): Promise<readonly Team[]> => {
    const viewer = viewerOf(ctx);
    const rows = await stored(teams.list(ctx.db, viewer.member.organisationId));
    return rows.filter(({ id }) => mayKnowTeam(viewer, id)).map(teamOf);
  }),

  byId: userProcedure.input(teamInput).query(async ({ ctx, input: { id } }): Promise<Team> => {
    const viewer = viewerOf(ctx);
    const { organisationId } = viewer.member;
    mustBeThere(ctx, id);
    const team = found(await stored(teams.byId(ctx.db, organisationId, id)), id);
    if (!mayKnowTeam(viewer, id)) throw new RollcallError('this is not your team', { code: 'FORBIDDEN' });
    return teamOf(team);
  }),

  create: procedureFor(ADMINS)
    .input(createTeamInput)
    .mutation(async ({ ctx, input }): Promise<Team> => {
      const { organisationId } = ctx.principal.member;
      const team = await stored(teams.create(ctx.db, { organisationId, ...input }, actorOf(ctx)));
      await ctx.relay.relayed();
      return teamOf(team);
    }),

  update: procedureFor(ADMINS)
    .input(updateTeamInput)
    .mutation(async ({ ctx, input: { active: isActive, ...change } }): Promise<Team> => {
      const { organisationId } = ctx.principal.member;
      mustBeThere(ctx, change.id);
      const wanted = { organisationId, isActive, ...change };
      const team = found(await stored(teams.update(ctx.db, wanted, actorOf(ctx))), change.id);
      await ctx.relay.relayed();
      return teamOf(team);
    }),

  /** A team that still has active users is not deactivated. */
  deactivate: procedureFor(ADMINS)
    .input(teamInput)
    .mutation(async ({ ctx, input: { id } }): Promise<Team> => {
      const { organisationId } = ctx.principal.member;
      mustBeThere(ctx, id);
      const wanted = { organisationId, id, isActive: false };
      const team = found(await stored(teams.update(ctx.db, wanted, actorOf(ctx))), id);
      await ctx.relay.relayed();
      return teamOf(team);
    }),

  /** Its active users, by name. */
  members: userProcedure.input(teamMembersInput).query(async ({ ctx, input: { id, page, limit } }) => {
    const viewer = viewerOf(ctx);
    const { organisationId } = viewer.member;
    mustBeThere(ctx, id);
    if (!mayReadTeam(viewer, id)) throw new RollcallError('this is not your team', { code: 'FORBIDDEN' });
    const wanted = { teamId: id, active: true, page, limit };
    const { rows, total } = await stored(users.list(ctx.db, organisationId, wanted));
    const shown = (user: users.User): Agent =>
      agentOf(user, { viewer: viewer.member, record: ctx.engine.record(user.id) });
    return { data: rows.map(shown), meta: { total, page, limit, totalPages: Math.ceil(total / limit) } };
  }),
});

/** @throws RollcallError NOT_FOUND. */
function mustBeThere(ctx: Context & { readonly principal: Principal }, id: number): void {
  if (!ctx.teams.has(ctx.principal.member.organisationId, id)) throw noTeam(id);
}

function found(team: teams.Team | null, id: number): teams.Team {
  if (team === null) throw noTeam(id);
  return team;
}

function noTeam(id: number): RollcallError {
  return new RollcallError(`there is no team ${id}`, { code: 'NOT_FOUND' });
}

function teamOf({ isActive: active, createdAt, updatedAt, ...team }: teams.Team): Team {
  const { id, name, description, department, supervisorId, maxAgents, timeZone } = team;
  return {
    id,
    name,
    description,
    department,
    supervisorId,
    maxAgents,
    timeZone,
    active,
    createdAt: createdAt.getTime(),
    updatedAt: updatedAt.getTime(),
  };
}

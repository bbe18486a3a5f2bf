import * as teams from '../../drizzle/repositories/teams.ts';
import type { Member } from '../../engine/member.ts';
import type { Subject } from '../../engine/topics.ts';
import { RollcallError } from '../contract/errors.ts';
import type { Scope } from '../contract/tile.ts';
import { stored } from '../errors.ts';
import type { Services } from '../trpc/context.ts';
import { type Viewer, viewOf } from './permissions.ts';

type Asking = Pick<Services, 'db' | 'engine'> & { readonly principal: { readonly member: Member } };

/** No column holds a greater id. */
const MAX_ID = 2_147_483_647;
/** More tiles than this go through no one board: a narrower scope serves better. */
const MAX_ALL = 20_000;

/** Who asks, with the teams they supervise. */
export async function viewerOf({ db, principal: { member } }: Asking): Promise<Viewer> {
  if (member.role !== 'supervisor') return { member, supervises: [] };
  const own = await stored(teams.teamsOfSupervisor(db, member.organisationId, member.id));
  return { member, supervises: own.map(({ id }) => id) };
}

/**
 * What a scope means to whoever asks: of their organisation, in the view that their rights allow.
 * @throws RollcallError NOT_FOUND, FORBIDDEN, VALIDATION (too many agents).
 */
export async function subjectOf(asking: Asking, scope: Scope): Promise<Subject> {
  const viewer = await viewerOf(asking);
  const { organisationId } = viewer.member;
  const target = 'agentId' in scope ? agentOf(asking, scope.agentId) : null;
  if ('teamId' in scope && !(await isTeam(asking, scope.teamId))) {
    throw new RollcallError(`there is no team ${scope.teamId}`, { code: 'NOT_FOUND' });
  }
  const view = viewOf(viewer, scope, target);
  if (view === null) throw new RollcallError('this scope is not for you', { code: 'FORBIDDEN' });
  const subject: Subject = { organisationId, scope, view };
  if ('all' in scope && asking.engine.topics.count(subject) > MAX_ALL) {
    throw new RollcallError(`more than ${MAX_ALL} agents: name a narrower scope`, {
      code: 'VALIDATION',
      fields: { scope: 'too many agents' },
    });
  }
  return subject;
}

async function isTeam({ db, principal: { member } }: Asking, teamId: number): Promise<boolean> {
  return MAX_ID >= Math.abs(teamId) && (await stored(teams.byId(db, member.organisationId, teamId))) !== null;
}

/** An active user of the asker's own organisation; of another's nothing is told. @throws RollcallError NOT_FOUND */
export function agentOf({ engine, principal }: Asking, agentId: number): Member {
  const target = engine.record(agentId)?.member;
  if (target?.active !== true || target.organisationId !== principal.member.organisationId) {
    throw new RollcallError(`there is no agent ${agentId}`, { code: 'NOT_FOUND' });
  }
  return target;
}

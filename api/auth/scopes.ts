import type { Member } from '../../engine/member.ts';
import type { Subject } from '../../engine/topics.ts';
import { RollcallError } from '../contract/errors.ts';
import type { Scope } from '../contract/tile.ts';
import type { Teams } from '../teams.ts';
import type { Services } from '../trpc/context.ts';
import { type Viewer, viewOf } from './permissions.ts';

export interface Asking extends Pick<Services, 'engine'> {
  readonly teams: Pick<Teams, 'has' | 'supervisedBy' | 'listen'>;
  readonly principal: { readonly member: Member };
}

/** More tiles than this go through no one board: a narrower scope serves better. */
const MAX_ALL = 20_000;

/** Who asks, with the teams they supervise. */
export function viewerOf({ teams, principal: { member } }: Asking): Viewer {
  const { role, organisationId, id } = member;
  return { member, supervises: role === 'supervisor' ? teams.supervisedBy(organisationId, id) : [] };
}

/**
 * What a scope means to whoever asks: of their organisation, in the view that their rights allow.
 * @throws RollcallError NOT_FOUND, FORBIDDEN, VALIDATION (too many agents).
 */
export function subjectOf(asking: Asking, scope: Scope): Subject {
  const viewer = viewerOf(asking);
  const { organisationId } = viewer.member;
  const target = 'agentId' in scope ? agentOf(asking, scope.agentId) : null;
  if ('teamId' in scope && !asking.teams.has(organisationId, scope.teamId)) {
    throw new RollcallError(`there is no team ${scope.teamId}`, { code: 'NOT_FOUND' });
  }
  const view = viewOf(viewer, scope, target);
  if (view === null) throw new RollcallError('this scope is not for you', { code: 'FORBIDDEN' });
  const subject: Subject = { organisationId, scope, view };
  if ('all' in scope && asking.engine.summaries.total(subject) > MAX_ALL) {
    throw new RollcallError(`more than ${MAX_ALL} agents: name a narrower scope`, {
      code: 'VALIDATION',
      fields: { scope: 'too many agents' },
    });
  }
  return subject;
}

/** An active user of the asker's own organisation; of another's nothing is told. @throws RollcallError NOT_FOUND */
export function agentOf(
  { engine, principal }: Pick<Asking, 'engine' | 'principal'>,
  agentId: number,
): Member {
  const target = engine.record(agentId)?.member;
  if (target?.active !== true || target.organisationId !== principal.member.organisationId) {
    throw new RollcallError(`there is no agent ${agentId}`, { code: 'NOT_FOUND' });
  }
  return target;
}

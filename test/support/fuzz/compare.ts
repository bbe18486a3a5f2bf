/** Whether what the engine holds of an agent is what the rules make of it. */
import type { AgentRecord } from '../../../engine/record.ts';
import { connectivityOf, type ModelAgent, show } from '../model/agent.ts';
import { disagree } from '../model/disagreement.ts';
import { memberOf } from './translate.ts';
import { livesOnRequests } from '../../../engine/sessions.ts';
import { sameMember } from '../../../engine/member.ts';

export function compare(record: AgentRecord, agent: ModelAgent): void {
  const { status, category, cause, routable } = show(agent);
  const isSame =
    record.seq === agent.seq &&
    record.lastAt === agent.lastAt &&
    record.status === status &&
    record.category === category &&
    record.cause === cause &&
    record.routable === routable &&
    record.since === agent.since &&
    record.connectivity === connectivityOf(agent) &&
    record.graceUntil === agent.graceUntil &&
    record.platformUntil === agent.platformUntil &&
    record.dutyCode === agent.duty &&
    record.dutyReason === agent.dutyReason &&
    record.dutySince === agent.dutySince &&
    record.limit === limitOf(agent) &&
    record.limitUntil === (agent.limit?.until ?? null) &&
    record.extendedMs === (agent.limit?.extendedMs ?? 0) &&
    record.overAt === (agent.limit?.overAt ?? null) &&
    record.idleSince === agent.idleSince &&
    (record.activity === 'idle') === (agent.idleSince !== null) &&
    record.current === agent.current &&
    record.max === agent.max &&
    record.workload === workloadOf(agent) &&
    record.override === overrideOf(agent) &&
    record.forced?.code === agent.override?.code &&
    record.forced?.reason === agent.override?.reason &&
    record.forced?.by === agent.override?.by &&
    record.flips.join() === agent.flips.join() &&
    record.isOutByFlip === agent.isOutByFlip &&
    (record.stability === 'flapping') === (agent.flapping !== null) &&
    record.flapping?.since === agent.flapping?.since &&
    record.flapping?.until === agent.flapping?.until &&
    record.queued?.code === agent.queued?.code &&
    record.queued?.reason === agent.queued?.reason &&
    record.forcedNext?.code === agent.forcedNext?.code &&
    record.forcedNext?.reason === agent.forcedNext?.reason &&
    record.forcedNext?.by === agent.forcedNext?.by &&
    record.forcedNext?.hold === agent.forcedNext?.hold &&
    record.sessions.length === agent.sessions.length &&
    record.sessions.every((session, at) => {
      const { id, lostAt, login, isOnRequests } = agent.sessions[at] ?? {};
      return (
        id === session.id &&
        lostAt === session.lostAt &&
        login === session.login &&
        isOnRequests === livesOnRequests(session)
      );
    }) &&
    sameMember(record.member, memberOf(agent.person));
  if (!isSame) disagree('the record is another', { record, agent });
}

function workloadOf({ current, max }: ModelAgent): AgentRecord['workload'] {
  if (current === 0) return 'free';
  return max !== null && current >= max ? 'full' : 'tasked';
}

function overrideOf({ override }: ModelAgent): AgentRecord['override'] {
  if (override === null) return 'none';
  return override.hold ? 'held' : 'forced';
}

function limitOf({ limit }: ModelAgent): AgentRecord['limit'] {
  if (limit === null) return 'none';
  if (limit.overAt !== null) return limit.isEscalated ? 'escalated' : 'over';
  return limit.isWarned ? 'warned' : 'running';
}

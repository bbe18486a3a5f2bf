/** The model's words in the engine's, and back. The only place where both are known. */
import type { Answer } from '../../../engine/answers.ts';
import { Catalogue, type Endpoint, type Status } from '../../../engine/catalogue.ts';
import type { CommandId, Input, Opening } from '../../../engine/inputs.ts';
import type { Law } from '../../../engine/law.ts';
import type { Member, Role } from '../../../engine/member.ts';
import { status } from '../laws.ts';
import type { Person } from '../model/agent.ts';
import type { Wish } from '../model/judge.ts';
import type { Kind, ModelLaw, ModelStatus } from '../model/law.ts';
import type { Request } from '../../../engine/requests.ts';
import type { Answered, Asked } from '../model/referee.ts';

export function memberOf(person: Person): Member {
  const { id, name, department, role, onBoard, active } = person;
  return {
    id,
    name,
    department,
    role,
    onBoard,
    active,
    organisationId: person.organisation,
    teamId: person.team,
    createdAt: 0,
  };
}

export function engineLawOf(law: ModelLaw): Law {
  const transitions = law.graph.map(([from, to, role]) => ({
    from: end(from),
    to: end(to),
    role: role as Role | null,
  }));
  return {
    catalogue: new Catalogue(law.statuses.map(engineStatusOf), transitions),
    config: {
      MAX_AGENT_IDLE_TIME: law.idleSeconds,
      WEBSOCKET_HEARTBEAT_INTERVAL: 30,
      RECONNECT_GRACE_SECONDS: law.graceSeconds,
      DEFAULT_LOGIN_STATUS: law.login,
      DEFAULT_STATUS_BREAK_DURATION: law.breakMinutes,
      BREAK_EXTENSION_MINUTES: law.extensionMinutes,
      WRAP_UP_SECONDS: law.wrapUpSeconds,
      FLAP_LIMIT: law.flapLimit,
      FLAP_WINDOW_SECONDS: law.flapWindowSeconds,
      SESSION_IDLE_MINUTES: law.sessionIdleMinutes,
      BREAKER_MIN_AGENTS: law.breaker.minAgents,
      BREAKER_PERCENT: law.breaker.percent,
      BREAKER_WINDOW_SECONDS: law.breaker.windowSeconds,
      BREAKER_FREEZE_SECONDS: law.breaker.freezeSeconds,
    },
  };
}

function end(name: string): Endpoint {
  return name.startsWith('#') ? { category: name.slice(1) as Kind } : { code: name };
}

function engineStatusOf({
  code,
  category,
  routable,
  roles,
  needsReason,
  idle,
  max,
  overrun,
  archived,
}: ModelStatus): Status {
  return status({
    code,
    category,
    routable,
    archived,
    selectableBy: roles as readonly Role[] | null,
    reasonRequired: needsReason,
    maxSeconds: max,
    onOverrun: typeof overrun === 'string' ? { action: overrun } : { action: 'set', code: overrun.set },
    idleLimit: typeof idle === 'number' ? { seconds: idle } : idle,
  });
}

export function openingOf(
  { session, login }: { readonly session: string; readonly login: string },
  lives: Opening['lives'],
): Opening {
  return { type: 'open', session, device: 'a device', address: '127.0.0.1', lives, login, resume: null };
}

export function inputOf(wish: Wish): Input {
  switch (wish.kind) {
    case 'open': {
      const { resume, isOnRequests } = wish;
      return { ...openingOf(wish, isOnRequests ? 'on_requests' : 'on_socket'), resume };
    }
    case 'lapse':
      return { type: 'lapse', session: wish.session, login: wish.login, since: null };
    case 'lose':
      return { type: 'lose', session: wish.session, byServer: wish.byServer };
    case 'choose': {
      const { status: code, reason, session, by, isForLater } = wish;
      return { type: isForLater ? 'queue' : 'choose', status: code, reason, session, by };
    }
    case 'work': {
      const { current, max, session, by } = wish;
      return { type: 'work', current, max, session, by };
    }
    case 'bye':
      return { type: 'leave', cause: 'agent', reason: null, session: wish.session, by: wish.by };
    case 'force': {
      const { status: code, reason, hold, by, isForLater } = wish;
      return { type: isForLater ? 'queue_force' : 'force', status: code, reason, hold, by };
    }
    case 'release':
      return { type: 'release', by: wish.by };
    case 'extend': {
      const { reason, session, by } = wish;
      return { type: 'extend', reason, session, by };
    }
    case 'profile':
      return { type: 'profile', member: memberOf(wish.person) };
    case 'restart':
      return { type: 'restart' };
  }
}

export function answeredOf(answer: Answer): Answered {
  return answer.ok
    ? { ok: true, seq: answer.seq, code: null, allowed: null }
    : { ok: false, seq: null, code: answer.code, allowed: answer.allowed ?? null };
}

export function requestOf({ wish, command, expectSeq, opening }: Asked): Request {
  return {
    input: inputOf(wish),
    ...(expectSeq !== undefined && { expectSeq }),
    ...(command !== undefined && { command: commandOf(command) }),
    ...(opening !== undefined && { opening: openingOf(opening, 'on_requests') }),
  };
}

function commandOf({ sender, id }: { sender: string; id: string }): CommandId {
  const user = /^user:(\d+)$/.exec(sender)?.[1];
  return user === undefined ? { id, session: sender } : { id, user: Number(user) };
}

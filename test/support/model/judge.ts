/** What a wish comes to, by SPEC A9, A10, B7, C3, C4, C6, D2, D4 and E1. Time alone is in timers.ts. */
import {
  changed,
  connectivityOf,
  flipped,
  hasSession,
  isAtWork,
  isLive,
  isWrappingUp,
  type ModelAgent,
  onDuty,
  type Person,
} from './agent.ts';
import { categoryOf, choices, isDuty, lawOf, mayFollow, statusOf } from './law.ts';

export type Wish =
  | {
      readonly kind: 'open';
      readonly session: string;
      readonly resume: { readonly session: string; readonly seq: number } | null;
      readonly login: string;
      readonly isOnRequests: boolean;
    }
  /** The log-in session has ended that it was opened with. */
  | { readonly kind: 'lapse'; readonly session: string; readonly login: string }
  | { readonly kind: 'lose'; readonly session: string; readonly byServer: boolean }
  | {
      readonly kind: 'choose';
      readonly status: string;
      readonly reason: string | null;
      readonly session: string | null;
      readonly by: number;
      /** After the task or the wrap-up at hand. */
      readonly isForLater: boolean;
    }
  | {
      readonly kind: 'work';
      readonly current: number;
      readonly max: number;
      readonly session: string;
      readonly by: number;
    }
  | { readonly kind: 'bye'; readonly session: string | null; readonly by: number }
  | {
      readonly kind: 'force';
      readonly status: string;
      readonly reason: string;
      readonly hold: boolean;
      readonly by: number;
      readonly isForLater: boolean;
    }
  | { readonly kind: 'release'; readonly by: number }
  | {
      readonly kind: 'extend';
      readonly reason: string;
      readonly session: string | null;
      readonly by: number;
    }
  | { readonly kind: 'profile'; readonly person: Person }
  | { readonly kind: 'restart' };

export type Verdict =
  | { readonly kind: 'refused'; readonly code: string; readonly allowed: readonly string[] | null }
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'changed';
      readonly after: ModelAgent;
      /** The name that the history gives it. */
      readonly event: string;
      readonly effects: readonly string[];
    };

const UNCHANGED: Verdict = { kind: 'unchanged' };

const refused = (code: string, allowed: readonly string[] | null = null): Verdict => ({
  kind: 'refused',
  code,
  allowed,
});

/** When, and until when the agent's timers stand still; null while they run. */
export interface Moment {
  readonly at: number;
  readonly frozen: number | null;
}

export function judge(agent: ModelAgent, wish: Wish, { at, frozen }: Moment): Verdict {
  const become = (event: string, changes: Partial<ModelAgent>, ...effects: string[]): Verdict => ({
    kind: 'changed',
    after: changed(agent, changes, at),
    event,
    effects,
  });
  const law = lawOf(agent.person.organisation);
  const graceMs = law.graceSeconds * 1000;
  const connectivity = connectivityOf(agent);

  switch (wish.kind) {
    case 'open': {
      const { resume, login, isOnRequests } = wish;
      if (connectivity !== 'disconnected' && isOnRequests) return UNCHANGED;
      const fresh = { id: wish.session, lostAt: null, login, isOnRequests };
      // A socket takes the place of the requests of its log-in session.
      const others = agent.sessions.filter((one) => !(one.isOnRequests && one.login === login));
      const back = connectivity !== 'connected' && agent.isOutByFlip ? flipped(agent, at) : {};
      const here = { graceUntil: null, platformUntil: null, isOutByFlip: false, ...back };
      if (connectivity === 'disconnected' || (resume !== null && resume.seq > agent.seq)) {
        const left = { ...agent, ...departed(agent, at) };
        return become('session_opened', {
          ...departed(agent, at),
          ...here,
          sessions: [...others, fresh],
          ...onDuty(left, { code: law.login, reason: null, by: 'agent' }, at),
        });
      }
      const held = agent.sessions.find((one) => one.id === resume?.session && !one.isOnRequests);
      if (held !== undefined) {
        const isSame = held.lostAt === null && held.login === login;
        if (isSame && others.length === agent.sessions.length) return UNCHANGED;
        if (held.lostAt === null || connectivity === 'reconnecting' || at < held.lostAt + graceMs)
          return opened(others.map((one) => (one === held ? { ...one, lostAt: null, login } : one)));
      }
      return opened([...others, fresh]);

      function opened(sessions: ModelAgent['sessions']): Verdict {
        return become('session_opened', { ...here, sessions });
      }
    }

    case 'lapse':
      return agent.sessions.some(({ id, login }) => id === wish.session && login === wish.login)
        ? become('session_lapsed', without(agent, wish.session, at))
        : UNCHANGED;

    case 'lose': {
      if (
        !agent.sessions.some(
          ({ id, lostAt, isOnRequests }) => id === wish.session && lostAt === null && !isOnRequests,
        )
      )
        return UNCHANGED;
      const sessions = agent.sessions.map((one) => (one.id === wish.session ? { ...one, lostAt: at } : one));
      if (sessions.some(({ lostAt }) => lostAt === null)) return become('session_lost', { sessions });
      const isFlip = !wish.byServer && frozen === null;
      return become('session_lost', {
        sessions,
        ...grace(),
        isOutByFlip: isFlip,
        ...(isFlip && flipped(agent, at)),
      });
    }

    case 'choose': {
      const { status: code, reason, session } = wish;
      const isForLater = wish.isForLater && isAtWork(agent);
      if (code === 'offline' && !isForLater) return leave(reason, session);
      if (session === null ? agent.duty === null : !isLive(agent, session)) return refused('NOT_CONNECTED');
      const from = agent.duty ?? '';
      const isHeld = agent.override?.hold === true;
      const allowed = isHeld ? ['offline'] : choices(law, agent.person.role, from);
      const status = statusOf(law, code);
      if (code !== 'offline') {
        if (!isDuty(status)) return refused('UNKNOWN_STATUS', allowed);
        if (isHeld) return refused('TRANSITION_NOT_ALLOWED', allowed);
        if (code !== from && !mayFollow(law, agent.person.role, [from, code]))
          return refused('TRANSITION_NOT_ALLOWED', allowed);
        if (status.needsReason && (reason === null || reason === ''))
          return refused('REASON_REQUIRED', allowed);
      }
      return isForLater ? queue(code, reason) : chosen(code, reason);
    }

    case 'work': {
      if (!isLive(agent, wish.session)) return refused('NOT_CONNECTED');
      if (agent.current === wish.current && agent.max === wish.max && agent.idleSince === null)
        return UNCHANGED;
      const isDue = agent.current > 0 && wish.current === 0 && !isWrappingUp(agent);
      const came = isDue ? due(agent, at) : NOTHING_CAME;
      const work = { current: wish.current, max: wish.max, idleSince: null };
      return become(
        'workload_changed',
        came.isGone ? came.changes : { ...work, ...came.changes },
        ...came.effects,
      );
    }

    case 'bye':
      return leave(null, wish.session);

    case 'force': {
      const { status: code, reason, by, hold } = wish;
      const isForLater = wish.isForLater && isAtWork(agent);
      if (connectivity === 'disconnected') return refused('NOT_CONNECTED');
      if (code === 'offline' && !isForLater) return become('logged_out', gone('override', reason), 'dismiss');
      const duties = law.statuses.filter(isDuty).map((status) => status.code);
      if (code !== 'offline' && !duties.includes(code))
        return refused('UNKNOWN_STATUS', [...duties, 'offline']);
      const override = { code, reason, by, hold };
      return isForLater
        ? become('force_queued', { forcedNext: override })
        : become('status_forced', { override, forcedNext: null }, 'notify_forced');
    }

    case 'release':
      if (agent.override === null && agent.forcedNext === null) return refused('CONFLICT');
      return become('override_released', { override: null, forcedNext: null }, 'notify_released');

    case 'extend': {
      const { session, reason } = wish;
      if (session === null ? agent.duty === null : !isLive(agent, session)) return refused('NOT_CONNECTED');
      const { limit } = agent;
      const more = law.extensionMinutes * 60_000;
      if (limit === null || categoryOf(law, agent.duty) !== 'break') return refused('CONFLICT');
      if (limit.extendedMs > 0 || more === 0 || limit.until + more <= at) return refused('CONFLICT');
      if (reason === '') return refused('REASON_REQUIRED');
      return become('break_extended', {
        limit: {
          until: limit.until + more,
          extendedMs: more,
          isWarned: false,
          overAt: null,
          isEscalated: false,
        },
        idleSince: null,
      });
    }

    case 'profile':
      if (samePerson(agent.person, wish.person)) return UNCHANGED;
      return become('profile_changed', { person: wish.person });

    case 'restart': {
      if (agent.sessions.every(({ isOnRequests }) => isOnRequests)) return UNCHANGED;
      const sessions = agent.sessions.map((one) => (one.isOnRequests ? one : { ...one, lostAt: at }));
      const isHere = sessions.some(({ lostAt }) => lostAt === null);
      return become('engine_restarted', { sessions, ...(!isHere && grace()), isOutByFlip: false });
    }
  }

  /** C3, C7. */
  function grace(): Partial<ModelAgent> {
    return { graceUntil: Math.max(at + graceMs, frozen ?? 0), platformUntil: frozen };
  }

  /** C3. A late word of a session that is over ends nothing of what came after it. */
  function leave(reason: string | null, session: string | null): Verdict {
    if (connectivity === 'disconnected') return UNCHANGED;
    if (session !== null && !hasSession(agent, session)) return UNCHANGED;
    return become('logged_out', gone('agent', reason), 'dismiss');
  }

  /** A10, D4: for now. */
  function chosen(code: string, reason: string | null): Verdict {
    const { duty, queued, override, idleSince } = agent;
    const isSame = code === duty && reason === agent.dutyReason;
    if (isSame && override === null && queued === null && idleSince === null) return UNCHANGED;
    const isWrapUp = categoryOf(law, code) === 'wrap_up';
    const endsWrapUp = isWrappingUp(agent) && !isWrapUp && agent.current === 0;
    const came = endsWrapUp ? forced(agent, at) : NOTHING_CAME;
    if (came.isGone) return become('status_chosen', came.changes, ...came.effects);
    return become(
      'status_chosen',
      {
        ...onDuty(agent, { code, reason, by: 'agent' }, at),
        queued: isWrapUp && code !== duty && code !== queued?.code ? queued : null,
        override: null,
        idleSince: null,
        ...came.changes,
      },
      ...came.effects,
    );
  }

  /** D4: for later. What the duty is already needs no waiting for. */
  function queue(code: string, reason: string | null): Verdict {
    const next = code === agent.duty ? null : { code, reason };
    const isSame =
      next?.code === agent.queued?.code && (next === null || next.reason === agent.queued?.reason);
    if (isSame && agent.idleSince === null) return UNCHANGED;
    return become('status_queued', { queued: next, idleSince: null });
  }

  function gone(goneBy: 'agent' | 'override', reason: string | null): Partial<ModelAgent> {
    return { ...departed(agent, at), goneBy, dutyReason: reason };
  }
}

/** What every way of going offline has in common; a held override outlasts it, also one that waited (E1). */
export function departed(agent: ModelAgent, at: number): Partial<ModelAgent> {
  const { override, forcedNext } = agent;
  const held = [forcedNext, override].find((each) => each?.hold === true && each.code !== 'offline');
  return {
    sessions: [],
    graceUntil: null,
    platformUntil: null,
    duty: null,
    dutySince: at,
    limit: null,
    idleSince: null,
    current: 0,
    max: null,
    override: held ?? null,
    queued: null,
    forcedNext: null,
    isOutByFlip: false,
  };
}

/**
 * A session is over, without a grace (C3, C10). With the last one that lives the agent is gone, at once; while none
 * does, with the last one that could come back.
 */
export function without(agent: ModelAgent, session: string, at: number): Partial<ModelAgent> {
  const sessions = agent.sessions.filter(({ id }) => id !== session);
  const isLeft =
    connectivityOf(agent) === 'reconnecting'
      ? sessions.length > 0
      : sessions.some(({ lostAt }) => lostAt === null);
  return isLeft ? { sessions } : { ...departed(agent, at), goneBy: 'disconnect', dutyReason: null };
}

/** What had waited, and came. */
export interface Came {
  readonly isGone: boolean;
  readonly changes: Partial<ModelAgent>;
  readonly effects: readonly string[];
}

const NOTHING_CAME: Came = { isGone: false, changes: {}, effects: [] };

/** The task or the wrap-up is over: what waited comes, the agent's choice below the supervisor's (D4). */
export function due(agent: ModelAgent, at: number): Came {
  const { queued } = agent;
  const above = forced(agent, at);
  if (above.isGone || queued === null) return above;
  if (queued.code === 'offline') {
    const changes = { ...departed(agent, at), goneBy: 'agent', dutyReason: queued.reason } as const;
    return { isGone: true, changes, effects: ['dismiss'] };
  }
  const turned = onDuty(agent, { ...queued, by: 'agent' }, at);
  return { ...above, changes: { ...turned, queued: null, ...above.changes } };
}

/** What a supervisor has waiting. */
function forced(agent: ModelAgent, at: number): Came {
  const { forcedNext } = agent;
  if (forcedNext === null) return NOTHING_CAME;
  if (forcedNext.code !== 'offline')
    return {
      isGone: false,
      changes: { override: forcedNext, forcedNext: null },
      effects: ['notify_forced'],
    };
  const changes = { ...departed(agent, at), goneBy: 'override', dutyReason: forcedNext.reason } as const;
  return { isGone: true, changes, effects: ['dismiss'] };
}

function samePerson(a: Person, b: Person): boolean {
  return (
    a.organisation === b.organisation &&
    a.name === b.name &&
    a.team === b.team &&
    a.department === b.department &&
    a.role === b.role &&
    a.onBoard === b.onBoard &&
    a.active === b.active
  );
}

/** What a wish comes to, by SPEC A9, A10, B7, C3, C4, C6 and E1. Time alone is in timers.ts. */
import {
  changed,
  connectivityOf,
  hasSession,
  isLive,
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
    }
  | { readonly kind: 'lose'; readonly session: string }
  | {
      readonly kind: 'choose';
      readonly status: string;
      readonly reason: string | null;
      readonly session: string | null;
      readonly by: number;
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

export function judge(agent: ModelAgent, wish: Wish, at: number): Verdict {
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
      const fresh = { id: wish.session, lostAt: null };
      if (connectivity === 'disconnected')
        return become('session_opened', {
          sessions: [fresh],
          ...onDuty(agent, { code: law.login, reason: null, by: 'agent' }, at),
        });
      const { resume } = wish;
      const held = resume === null ? undefined : agent.sessions.find(({ id }) => id === resume.session);
      if (resume !== null && resume.seq <= agent.seq && held !== undefined) {
        if (held.lostAt === null) return UNCHANGED;
        if (connectivity === 'reconnecting' || at < held.lostAt + graceMs) {
          const sessions = agent.sessions.map((one) => (one === held ? { ...one, lostAt: null } : one));
          return become('session_opened', { sessions, graceUntil: null });
        }
      }
      return become('session_opened', { sessions: [...agent.sessions, fresh], graceUntil: null });
    }

    case 'lose': {
      if (!isLive(agent, wish.session)) return UNCHANGED;
      const sessions = agent.sessions.map((one) => (one.id === wish.session ? { ...one, lostAt: at } : one));
      const isLast = sessions.every(({ lostAt }) => lostAt !== null);
      return become('session_lost', { sessions, graceUntil: isLast ? at + graceMs : null });
    }

    case 'choose': {
      const { status: code, reason, session } = wish;
      if (code === 'offline') return leave(reason, session);
      if (session === null ? agent.duty === null : !isLive(agent, session)) return refused('NOT_CONNECTED');
      const from = agent.duty ?? '';
      const isHeld = agent.override?.hold === true;
      const allowed = isHeld ? ['offline'] : choices(law, agent.person.role, from);
      const status = statusOf(law, code);
      if (!isDuty(status)) return refused('UNKNOWN_STATUS', allowed);
      if (isHeld) return refused('TRANSITION_NOT_ALLOWED', allowed);
      if (code !== from && !mayFollow(law, agent.person.role, [from, code]))
        return refused('TRANSITION_NOT_ALLOWED', allowed);
      const isSame = code === from && reason === agent.dutyReason;
      if (isSame && agent.override === null && agent.idleSince === null) return UNCHANGED;
      if (status.needsReason && (reason === null || reason === ''))
        return refused('REASON_REQUIRED', allowed);
      return become('status_chosen', {
        ...onDuty(agent, { code, reason, by: 'agent' }, at),
        override: null,
        idleSince: null,
      });
    }

    case 'work': {
      if (!isLive(agent, wish.session)) return refused('NOT_CONNECTED');
      if (agent.current === wish.current && agent.max === wish.max && agent.idleSince === null)
        return UNCHANGED;
      return become('workload_changed', { current: wish.current, max: wish.max, idleSince: null });
    }

    case 'bye':
      return leave(null, wish.session);

    case 'force': {
      if (connectivity === 'disconnected') return refused('NOT_CONNECTED');
      if (wish.status === 'offline') return become('logged_out', gone('override', wish.reason), 'dismiss');
      const duties = law.statuses.filter(isDuty).map(({ code }) => code);
      if (!duties.includes(wish.status)) return refused('UNKNOWN_STATUS', [...duties, 'offline']);
      const { status: code, reason, by, hold } = wish;
      return become('status_forced', { override: { code, reason, by, hold } }, 'notify_forced');
    }

    case 'release':
      if (agent.override === null) return refused('CONFLICT');
      return become('override_released', { override: null }, 'notify_released');

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
      if (connectivity === 'disconnected') return UNCHANGED;
      const sessions = agent.sessions.map((one) => ({ ...one, lostAt: at }));
      return become('engine_restarted', { sessions, graceUntil: at + graceMs });
    }
  }

  /** C3. A late word of a session that is over ends nothing of what came after it. */
  function leave(reason: string | null, session: string | null): Verdict {
    if (connectivity === 'disconnected') return UNCHANGED;
    if (session !== null && !hasSession(agent, session)) return UNCHANGED;
    return become('logged_out', gone('agent', reason), 'dismiss');
  }

  function gone(goneBy: 'agent' | 'override', reason: string | null): Partial<ModelAgent> {
    return { ...departed(agent, at), goneBy, dutyReason: reason };
  }
}

/** What every way of going offline has in common; a held override outlasts it (E1). */
export function departed(agent: ModelAgent, at: number): Partial<ModelAgent> {
  return {
    sessions: [],
    graceUntil: null,
    duty: null,
    dutySince: at,
    limit: null,
    idleSince: null,
    current: 0,
    max: null,
    override: agent.override?.hold === true ? agent.override : null,
  };
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

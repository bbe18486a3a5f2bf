/** What an agent is, by SPEC A: the axes as plain values, and what follows from them. Times are epoch milliseconds. */
import { categoryOf, idleMsOf, lawOf, limitMsOf, statusOf } from './law.ts';

/** A user as the master data has them. */
export interface Person {
  readonly id: number;
  readonly organisation: number;
  readonly name: string;
  readonly team: number | null;
  readonly department: string | null;
  readonly role: 'viewer' | 'agent' | 'supervisor' | 'manager' | 'admin';
  readonly onBoard: boolean;
  readonly active: boolean;
}

export interface ModelSession {
  readonly id: string;
  /** Null while the connection lives. */
  readonly lostAt: number | null;
  /** The log-in session that opened it, or resumed it last. */
  readonly login: string;
  /** Whether it lives on that one's requests; else it does on a socket. */
  readonly isOnRequests: boolean;
}

export interface ModelOverride {
  readonly code: string;
  readonly reason: string;
  readonly by: number;
  readonly hold: boolean;
}

/** How far the time of a duty has run. */
export interface ModelLimit {
  readonly until: number;
  readonly extendedMs: number;
  readonly isWarned: boolean;
  /** When the agent was told that it is over. */
  readonly overAt: number | null;
  readonly isEscalated: boolean;
}

export interface ModelAgent {
  readonly person: Person;
  readonly seq: number;
  readonly lastAt: number;
  readonly sessions: readonly ModelSession[];
  /** Set while reconnecting. */
  readonly graceUntil: number | null;
  /** While reconnecting: until when that is the platform's. */
  readonly platformUntil: number | null;
  /** Null while disconnected. */
  readonly duty: string | null;
  readonly dutyReason: string | null;
  readonly dutySince: number;
  readonly dutyBy: 'agent' | 'overrun';
  /** Null where the duty may last for ever. */
  readonly limit: ModelLimit | null;
  /** How the agent left, while disconnected. */
  readonly goneBy: 'system' | 'agent' | 'override' | 'disconnect' | 'overrun';
  /** Set while idle. */
  readonly idleSince: number | null;
  readonly current: number;
  readonly max: number | null;
  readonly override: ModelOverride | null;
  /** What waits for the end of a task or a wrap-up: the agent's choice, and a supervisor's. */
  readonly queued: { readonly code: string; readonly reason: string | null } | null;
  readonly forcedNext: ModelOverride | null;
  /** When the connection came and went of late; nothing while it flaps. */
  readonly flips: readonly number[];
  /** Whether the agent is not connected for a loss that counts. */
  readonly isOutByFlip: boolean;
  readonly flapping: { readonly since: number; readonly until: number } | null;
  readonly status: string;
  readonly since: number;
}

export interface Shown {
  readonly status: string;
  readonly category: string;
  readonly cause: string;
  readonly routable: boolean;
}

export function unseen(person: Person): ModelAgent {
  return {
    person,
    seq: 0,
    lastAt: 0,
    sessions: [],
    graceUntil: null,
    platformUntil: null,
    duty: null,
    dutyReason: null,
    dutySince: 0,
    dutyBy: 'agent',
    limit: null,
    goneBy: 'system',
    idleSince: null,
    current: 0,
    max: null,
    override: null,
    queued: null,
    forcedNext: null,
    flips: [],
    isOutByFlip: false,
    flapping: null,
    status: 'offline',
    since: 0,
  };
}

export function connectivityOf({ sessions }: ModelAgent): 'disconnected' | 'reconnecting' | 'connected' {
  if (sessions.length === 0) return 'disconnected';
  return sessions.some(({ lostAt }) => lostAt === null) ? 'connected' : 'reconnecting';
}

export function isLive(agent: ModelAgent, session: string): boolean {
  return agent.sessions.some(({ id, lostAt }) => id === session && lostAt === null);
}

export function hasSession(agent: ModelAgent, session: string): boolean {
  return agent.sessions.some(({ id }) => id === session);
}

/** A4: the first that matches wins. A6: whether work may be routed there. */
export function show(agent: ModelAgent): Shown {
  const law = lawOf(agent.person.organisation);
  const connectivity = connectivityOf(agent);
  const isFull = agent.max !== null && agent.current >= agent.max;
  const shown = (code: string, cause: string): Shown => {
    const status = statusOf(law, code);
    return {
      status: code,
      category: status?.category ?? '?',
      cause,
      routable:
        connectivity === 'connected' &&
        agent.flapping === null &&
        status?.category === 'available' &&
        status.routable &&
        !isFull,
    };
  };
  if (connectivity === 'disconnected' || agent.duty === null) return shown('offline', agent.goneBy);
  if (agent.override !== null) return shown(agent.override.code, 'override');
  const category = statusOf(law, agent.duty)?.category;
  if (category === 'break' || category === 'wrap_up' || category === 'away')
    return shown(agent.duty, agent.dutyBy);
  if (category === 'available' && isFull) return shown('busy', 'capacity');
  if (agent.idleSince !== null && idleMsOf(law, agent.duty) !== null) return shown('away', 'idle');
  return shown(agent.duty, agent.dutyBy);
}

/** Something may wait: for the end of a task, or of a wrap-up (D4). */
export function isAtWork(agent: ModelAgent): boolean {
  return agent.current > 0 || isWrappingUp(agent);
}

export function isWrappingUp({ person, duty }: ModelAgent): boolean {
  return categoryOf(lawOf(person.organisation), duty) === 'wrap_up';
}

/** The duty becomes that code: the same one goes on as it began. */
export function onDuty(
  agent: ModelAgent,
  { code, reason, by }: { code: string; reason: string | null; by: ModelAgent['dutyBy'] },
  at: number,
): Partial<ModelAgent> {
  const turned = { duty: code, dutyReason: reason, dutyBy: by };
  if (code === agent.duty) return turned;
  const ms = limitMsOf(lawOf(agent.person.organisation), code);
  const limit = { extendedMs: 0, isWarned: false, overAt: null, isEscalated: false };
  return { ...turned, dutySince: at, limit: ms === null ? null : { ...limit, until: at + ms } };
}

/** C8: the connection came or went; once too often, perhaps. */
export function flipped(agent: ModelAgent, at: number): Partial<ModelAgent> {
  const { flapLimit, flapWindowSeconds } = lawOf(agent.person.organisation);
  const windowMs = flapWindowSeconds * 1000;
  const flips = [...agent.flips.filter((flip) => flip > at - windowMs), at];
  if (agent.flapping === null && flips.length <= flapLimit) return { flips };
  return { flips: [], flapping: { since: agent.flapping?.since ?? at, until: at + windowMs } };
}

/** The agent after a change at `at`: one seq further, `since` moves only with the status. */
export function changed(agent: ModelAgent, changes: Partial<ModelAgent>, at: number): ModelAgent {
  const after = { ...agent, ...changes, seq: agent.seq + 1, lastAt: at };
  const { status } = show(after);
  return { ...after, status, since: status === agent.status ? agent.since : at };
}

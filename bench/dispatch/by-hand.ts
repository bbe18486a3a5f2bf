/** The same law for the same deeds, as one would write it by hand: one switch that changes the agent in its place. */
import type { Axes, Mutable } from '../../engine/axes.ts';
import { dutyIdleLimitMs, limitOf } from '../../engine/duties.ts';
import { flapWindowMs, graceMs, type Law } from '../../engine/law.ts';
import type { DeedStimulus } from './deeds.ts';

type Of<Type extends DeedStimulus['type']> = Extract<DeedStimulus, { readonly type: Type }>;

/** Activity that is told again after a reconnect may differ by as much from the first telling. */
const RESTATED_MS = 1000;

export function advance(agent: Mutable<Axes>, stimulus: DeedStimulus): void {
  switch (stimulus.type) {
    case 'open':
      return open(agent, stimulus);
    case 'lose':
      return lose(agent, stimulus);
    case 'choose':
      return choose(agent, stimulus);
    case 'work':
      return work(agent, stimulus);
    case 'idle':
      return rest(agent, stimulus);
    case 'active':
      return stir(agent, stimulus);
  }
}

function open(agent: Mutable<Axes>, stimulus: Of<'open'>): void {
  const { session: id, device, address, lives, login, resume, now, named, law } = stimulus;
  const held = agent.sessions.find((session) => session.id === resume?.session);
  const resumes =
    held !== undefined &&
    (held.lostAt === null || agent.graceUntil !== null || now < held.lostAt + graceMs(law));
  const added = { id, device, address, startedAt: now, lostAt: null, lives, login };
  agent.sessions = resumes
    ? agent.sessions.map((session) => (session === held ? { ...held, lostAt: null, lives, login } : session))
    : [...agent.sessions, added];
  if (agent.connectivity === 'reconnecting') flip(agent, stimulus);
  agent.graceUntil = null;
  if (agent.connectivity === 'disconnected') {
    agent.duty = named.category;
    agent.dutyCode = named.code;
    agent.dutyCause = 'agent';
    agent.dutyReason = null;
    agent.dutySince = now;
    limit(agent, law);
  }
  agent.connectivity = 'connected';
}

function lose(agent: Mutable<Axes>, stimulus: Of<'lose'>): void {
  const { session: id, now, law } = stimulus;
  const live = agent.sessions.filter(({ lostAt }) => lostAt === null);
  if (!live.some((session) => session.id === id)) return;
  agent.sessions = agent.sessions.map((session) =>
    session.id === id ? { ...session, lostAt: now } : session,
  );
  if (live.length > 1) return;
  agent.connectivity = 'reconnecting';
  agent.graceUntil = now + graceMs(law);
  flip(agent, stimulus);
}

/** The connection came or went: perhaps once too often. */
function flip(agent: Mutable<Axes>, { now, law }: Of<'open' | 'lose'>): void {
  const windowMs = flapWindowMs(law);
  const flips = [...agent.flips.filter((at) => at > now - windowMs), now];
  const isFlapping = agent.flapping !== null || flips.length > law.config.FLAP_LIMIT;
  agent.isOutByFlip = !agent.isOutByFlip;
  agent.flips = isFlapping ? [] : flips;
  if (!isFlapping) return;
  agent.stability = 'flapping';
  agent.flapping = { since: agent.flapping?.since ?? now, until: now + windowMs };
}

function choose(agent: Mutable<Axes>, { named, reason, role, now, law }: Of<'choose'>): void {
  if (agent.dutyCode === null) return;
  const isSame = named.code === agent.dutyCode;
  if (!isSame && !law.catalogue.permits(role, agent.dutyCode, named)) return;
  agent.duty = named.category;
  agent.dutyCode = named.code;
  agent.dutyCause = 'agent';
  agent.dutyReason = reason;
  if (!isSame) {
    agent.dutySince = now;
    limit(agent, law);
  }
  wake(agent);
}

/** The duty is another one, and with it the limit. */
function limit(agent: Mutable<Axes>, law: Law): void {
  agent.extendedMs = 0;
  agent.overAt = null;
  agent.limitUntil = limitOf(agent, law);
  agent.limit = agent.limitUntil === null ? 'none' : 'running';
}

function work(agent: Mutable<Axes>, { current, max }: Of<'work'>): void {
  if (agent.sessions.length === 0) return;
  agent.workload = current === 0 ? 'free' : current < max ? 'tasked' : 'full';
  agent.current = current;
  agent.max = max;
  wake(agent);
}

function rest(agent: Mutable<Axes>, { since, now, law }: Of<'idle'>): void {
  if (agent.activity === 'idle' || agent.graceUntil !== null) return;
  const limitMs = dutyIdleLimitMs(agent, law);
  if (limitMs === null || now < since + limitMs) return;
  agent.activity = 'idle';
  agent.idleSince = since;
}

function stir(agent: Mutable<Axes>, { at, now, law }: Of<'active'>): void {
  if (agent.idleSince === null || at < agent.idleSince + RESTATED_MS) return;
  const limitMs = dutyIdleLimitMs(agent, law);
  if (limitMs === null || now < at + limitMs) wake(agent);
}

function wake(agent: Mutable<Axes>): void {
  agent.activity = 'active';
  agent.idleSince = null;
}

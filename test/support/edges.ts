/** Every state that the statechart can be in, and what XState itself says of each stimulus there (SPEC B2). */
import { transition } from 'xstate';
import {
  type Axes,
  CATEGORIES,
  type Configuration,
  INITIAL_CONFIGURATION,
  INITIAL_CONTEXT,
} from '../../engine/axes.ts';
import { Catalogue, type DutyStatus } from '../../engine/catalogue.ts';
import type { Stimulus } from '../../engine/inputs.ts';
import { graceMs, idleLimitMs, type Law } from '../../engine/law.ts';
import { machine } from '../../engine/machine.ts';
import type { Role } from '../../engine/member.ts';
import { CONFIG, status, STATUSES, TRANSITIONS } from './laws.ts';

export interface Edge {
  readonly from: Axes;
  readonly stimulus: Stimulus;
  /** What follows: states, values, and what is to be done. */
  readonly to: Axes;
  readonly effects: readonly string[];
}

/** The seeded law, with an idle limit in every category, so that an agent can be idle in each, and a role that may go anywhere. */
const LAW: Law = {
  catalogue: new Catalogue(
    [
      ...STATUSES,
      status({ code: 'errand', category: 'busy', idleLimit: { seconds: 60 } }),
      status({ code: 'lounge', category: 'away', idleLimit: { seconds: 60 } }),
      status({ code: 'nap', category: 'break', idleLimit: { seconds: 60 } }),
      status({ code: 'notes', category: 'wrap_up', idleLimit: { seconds: 60 } }),
    ],
    [
      ...TRANSITIONS,
      ...CATEGORIES.flatMap((from) =>
        CATEGORIES.map((to) => ({
          from: { category: from },
          to: { category: to },
          role: 'supervisor' as const,
        })),
      ),
    ],
  ),
  config: CONFIG,
};
const T0 = Date.UTC(2026, 0, 5, 8);
const SEQ = 10;
/** First one of each category that has an idle limit, then a second. */
const DUTIES = ['available', 'errand', 'lounge', 'nap', 'notes', 'chat', 'busy'];
const ROLES: readonly Role[] = ['agent', 'supervisor'];
/** More sessions than these are like these: two that live, one that is lost. */
const LIVE = 2;
const LOST = 1;

export function edges(): { readonly states: readonly Axes[]; readonly edges: readonly Edge[] } {
  const first: Axes = { ...INITIAL_CONFIGURATION, ...INITIAL_CONTEXT };
  const found = new Map([[keyOf(first), first]]);
  const all: Edge[] = [];
  for (const from of found.values()) {
    for (const stimulus of stimuliFor(from)) {
      const edge = { from, stimulus, ...oracle(from, stimulus) };
      all.push(edge);
      const key = keyOf(edge.to);
      if (!found.has(key) && isSound(edge.to)) found.set(key, edge.to);
    }
  }
  return { states: [...found.values()], edges: all };
}

/** A law without any status to log in with is refused before; and sessions without end lead to nothing new. */
function isSound({ connectivity, duty, sessions }: Axes): boolean {
  return (connectivity === 'disconnected') === (duty === 'off') && sessions.length <= LIVE + LOST;
}

/** What tells states apart for some guard. */
function keyOf(axes: Axes): string {
  const { connectivity, duty, activity, workload, override, max, sessions } = axes;
  const live = Math.min(LIVE, sessions.filter(({ lostAt }) => lostAt === null).length);
  const lost = Math.min(LOST, sessions.filter(({ lostAt }) => lostAt !== null).length);
  return [connectivity, duty, activity, workload, override, max === null, live, lost].join(' ');
}

function oracle(from: Axes, stimulus: Stimulus): Pick<Edge, 'to' | 'effects'> {
  const { connectivity, duty, activity, workload, override, ...context } = from;
  const value = { connectivity, duty, activity, workload, override };
  const before = machine.resolveState({ value, context });
  const [after, actions] = transition(machine, before, stimulus);
  const configuration = after.value as unknown as Configuration;
  return {
    to: { ...configuration, ...after.context },
    effects: actions.map(({ type }) => type),
  };
}

/** One stimulus for each way in which the guards can tell stimuli apart. */
function* stimuliFor(axes: Axes): Generator<Stimulus> {
  const at = { law: LAW, now: T0, role: 'agent' as Role, seq: SEQ, named: null };
  const named = (code: string): DutyStatus | null => LAW.catalogue.duty(code);
  const live = axes.sessions.find(({ lostAt }) => lostAt === null);
  const lost = axes.sessions.find(({ lostAt }) => lostAt !== null);
  const lostUntil = (lost?.lostAt ?? 0) + graceMs(LAW);
  const later = Math.max(T0, ...axes.sessions.map(({ lostAt }) => lostAt ?? 0)) + 1;
  const known = [live?.id, lost?.id, 'unknown'].filter((id) => id !== undefined);

  for (const login of [...DUTIES, 'nonsense']) yield { ...at, ...open(null), named: named(login) };
  for (const session of known) {
    for (const seq of [SEQ, SEQ + 1]) {
      for (const now of session === lost?.id ? [lostUntil - 1, lostUntil] : [T0])
        yield { ...at, ...open({ session, seq }), now, named: named('available') };
    }
    yield { ...at, type: 'lose', session, now: later };
    for (const now of [lostUntil - 1, lostUntil]) yield { ...at, type: 'expire', session, now };
  }
  for (const code of [...DUTIES, 'nonsense']) {
    for (const role of ROLES)
      yield {
        ...at,
        type: 'choose',
        status: code,
        reason: 'r',
        session: null,
        by: 1,
        role,
        named: named(code),
      };
    for (const hold of code === 'available' || code === 'nap' || code === 'nonsense' ? [true, false] : [])
      yield { ...at, type: 'force', status: code, reason: 'r', hold, by: 2, named: named(code) };
  }
  for (const [current, max] of [
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 2],
    [3, 3],
  ] as const)
    yield { ...at, type: 'work', current, max, session: 's', by: 1 };
  for (const cause of ['agent', 'override'] as const)
    yield { ...at, type: 'leave', cause, reason: 'r', session: null, by: 1 };
  yield { ...at, type: 'release', by: 2 };
  yield { ...at, type: 'restart', now: later };
  for (const now of [(axes.graceUntil ?? T0) - 1, axes.graceUntil ?? T0]) yield { ...at, type: 'grace', now };

  const duty = axes.dutyCode === null ? null : LAW.catalogue.status(axes.dutyCode);
  const limit = (duty === null ? null : idleLimitMs(LAW, duty)) ?? 300_000;
  for (const since of [T0 - limit, T0 - limit + 1]) yield { ...at, type: 'idle', since };
  const idleSince = axes.idleSince ?? T0;
  for (const [seen, now] of [
    [idleSince + 999, idleSince + 1000],
    [idleSince + 1000, idleSince + 1000],
    [idleSince + 1000, idleSince + 1000 + limit],
  ] as const)
    yield { ...at, type: 'active', at: seen, now };
}

function open(resume: { session: string; seq: number } | null) {
  const session = `s${resume?.session ?? ''}${resume?.seq ?? ''}x`;
  return { type: 'open', session, device: 'd', address: 'a', resume } as const;
}

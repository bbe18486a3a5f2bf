/**
 * The law of presence: one statechart with a parallel region for each axis (SPEC A1–A3, B1).
 *
 * This is the only definition. What runs is the table compiled from it (table.ts); XState's own transition function
 * is the oracle that the table is held against. It says which state may follow which and under which rule; the rules
 * themselves are named pure functions in rules.ts.
 */
import { assign, createMachine } from 'xstate';
import { CATEGORIES, type Configuration, type Context, INITIAL_CONTEXT, type Region } from './axes.ts';
import { type Effect, EFFECTS } from './events.ts';
import type { Stimulus } from './inputs.ts';
import { type GuardName, type GuardParams, guards, type MutatorName, mutators } from './rules.ts';

/** One way out of a state: under a guard, into a target (none: it stays), with what changes and what is to be done. */
interface Arm<State extends string = string> {
  readonly guard?: { readonly type: GuardName; readonly params: GuardParams };
  readonly target?: State;
  readonly actions: readonly (MutatorName | Effect)[];
}
type Arms<State extends string> = { readonly [Type in Stimulus['type']]?: readonly Arm<State>[] };
type Chart = {
  readonly [Name in Region]: {
    readonly initial: Configuration[Name];
    readonly states: { readonly [State in Configuration[Name]]: { readonly on: Arms<Configuration[Name]> } };
  };
};

const to = <State extends string>(target: State, ...actions: Arm['actions']): Arm<State> => ({
  target,
  actions,
});
const stay = (...actions: Arm['actions']): Arm<never> => ({ actions });
const when = <State extends string>(
  guard: GuardName,
  arm: Arm<State>,
  params: GuardParams = {},
): Arm<State> => ({
  guard: { type: guard, params },
  ...arm,
});
/** Into each category that the duty may turn to. */
const intoEach = (...actions: Arm['actions']) =>
  CATEGORIES.map((category) => when('turns', to(category, ...actions), { category }));
/** The agent is gone, by log-out or because the grace is over: the same in every region. */
const gone = <State extends string>(target: State, ...actions: Arm['actions']) => ({
  leave: [to(target, ...actions)],
  grace: [when('ends', to(target, ...actions))],
  lapse: [when('ends', to(target, ...actions))],
});
/** As well where somebody who is here begins afresh. */
const over = <State extends string>(target: State, ...actions: Arm['actions']) => ({
  ...gone(target, ...actions),
  open: [when('ends', to(target, ...actions))],
});

/** A log-out that waited for the end of a task or a wrap-up; a task may end while the agent reconnects. */
const logsOut = [when('ends', to('disconnected', 'endSessions', 'dismiss'))];
/** The same whether connected or reconnecting. */
const loggedIn = {
  open: [when('resumes', to('connected', 'resumeSession')), when('connects', to('connected', 'addSession'))],
  leave: [to('disconnected', 'endSessions', 'dismiss')],
  lapse: [when('ends', to('disconnected', 'endSessions')), when('lapses', stay('endSession'))],
  choose: logsOut,
  work: logsOut,
};

const turnedDuty = [when('ends', to('off', 'setDuty')), ...intoEach('setDuty')];
const onDuty = {
  open: intoEach('setDuty'),
  queue: [when('queues', stay('setQueued'))],
  ...gone('off', 'setDuty'),
};
/** When its time is over the agent is told, and what was agreed on happens. */
const onTimedDuty = {
  on: {
    ...onDuty,
    choose: intoEach('setDuty'),
    work: turnedDuty,
    overrun: [
      when('ends', to('off', 'setDuty', 'notify_break_over')),
      ...intoEach('setDuty', 'notify_break_over'),
      when('overrunDue', stay('notify_break_over')),
    ],
  },
};
/** A wrap-up just ends, and what waited comes. The end of a task is not the end of it. */
const onWrapUp = { on: { ...onDuty, choose: turnedDuty, overrun: turnedDuty } };

/** Another duty, another limit. */
const begun = when('startsLimit', to('running', 'endLimit', 'setLimit'));
const turned = [begun, when('endsLimit', to('none', 'endLimit'))];
const endedOrTurned = [when('ends', to('none', 'endLimit')), ...turned];
const timed = {
  open: turned,
  choose: turned,
  work: endedOrTurned,
  extend: [when('extends', to('running', 'extendLimit', 'setLimit'))],
  review: [when('unlimited', to('none', 'endLimit')), when('relimits', to('running', 'setLimit'))],
  ...gone('none', 'endLimit'),
};
const overrun = [...endedOrTurned, when('overrunDue', to('over', 'markOver'))];

const moved = [
  when('taskless', to('free', 'setWorkload')),
  when('belowMax', to('tasked', 'setWorkload')),
  when('present', to('full', 'setWorkload')),
];
const cleared = [when('ends', to('free', 'clearWorkload'))];
const atWork = {
  on: { work: [...cleared, ...moved], overrun: cleared, ...over('free', 'clearWorkload') },
};

const force = [
  when('holds', to('held', 'setOverride', 'dropForcedNext', 'notify_forced')),
  when('present', to('forced', 'setOverride', 'dropForcedNext', 'notify_forced')),
];
const released = to('none', 'endOverride', 'dropForcedNext', 'notify_released');
/** What waited for the end of a task or a wrap-up stands from now on. */
const brought = [
  when('brings', to('held', 'takeOverride', 'dropForcedNext', 'notify_forced'), { hold: true }),
  when('brings', to('forced', 'takeOverride', 'dropForcedNext', 'notify_forced'), { hold: false }),
];
/** A hold outlasts the log-out, also one that waited. */
const stillHeld = when('endsInHold', to('held', 'takeOverride', 'dropForcedNext'));
const overridden = <State extends string>(otherwise: Arm<State>) => {
  const ended = [stillHeld, when('ends', otherwise)];
  return {
    force,
    queue_force: [when('defers', stay('setForcedNext'))],
    work: [...ended, ...brought],
    overrun: [...ended, ...brought],
    leave: [stillHeld, otherwise],
    grace: ended,
    lapse: ended,
    open: ended,
  };
};
/** Each change of connectivity may be the one too many. */
const changing = [when('flaps', to('flapping', 'setFlapping')), when('flips', stay('countFlip'))];
const flapped = [when('flips', stay('setFlapping'))];
const noMore = to('none', 'endOverride', 'dropForcedNext');

const chart: Chart = {
  connectivity: {
    initial: 'disconnected',
    states: {
      disconnected: { on: { open: [to('connected', 'addSession')] } },
      connected: {
        on: {
          ...loggedIn,
          lose: [
            when('losesLast', to('reconnecting', 'loseSession', 'freezeGrace')),
            when('losesOne', stay('loseSession')),
          ],
          expire: [when('sessionExpired', stay('endSession'))],
          restart: [
            when('losesAll', to('reconnecting', 'loseSockets', 'freezeGrace')),
            when('losesSockets', stay('loseSockets')),
          ],
          overrun: logsOut,
        },
      },
      reconnecting: {
        on: {
          ...loggedIn,
          grace: [when('ends', to('disconnected', 'endSessions'))],
          restart: [to('reconnecting', 'loseSockets', 'freezeGrace')],
          freeze: [when('freezes', stay('freezeGrace'))],
        },
      },
    },
  },
  duty: {
    initial: 'off',
    states: {
      off: { on: { open: intoEach('setDuty') } },
      available: onTimedDuty,
      busy: onTimedDuty,
      away: onTimedDuty,
      break: onTimedDuty,
      wrap_up: onWrapUp,
    },
  },
  limit: {
    initial: 'none',
    states: {
      none: {
        on: {
          open: [begun],
          choose: [begun],
          work: [begun],
          review: [when('limited', to('running', 'setLimit'))],
        },
      },
      running: {
        on: {
          ...timed,
          // Of a wrap-up, behind which a log-out may wait.
          choose: endedOrTurned,
          overrun,
          warn: [when('warnDue', to('warned', 'notify_break_ending'))],
        },
      },
      warned: { on: { ...timed, overrun } },
      over: { on: { ...timed, escalate: [when('escalateDue', to('escalated', 'notify_supervisors'))] } },
      escalated: { on: timed },
    },
  },
  activity: {
    initial: 'active',
    states: {
      active: { on: { idle: [when('idleDue', to('idle', 'markIdle'))] } },
      idle: {
        on: {
          active: [when('stirs', to('active', 'markActive'))],
          choose: [when('leads', to('active', 'markActive'))],
          queue: [when('queues', to('active', 'markActive'))],
          extend: [when('extends', to('active', 'markActive'))],
          work: [to('active', 'markActive')],
          overrun: [when('ends', to('active', 'markActive'))],
          ...over('active', 'markActive'),
        },
      },
    },
  },
  workload: {
    initial: 'free',
    states: {
      // A log-out that waits for a wrap-up alone finds nobody in a task.
      free: { on: { ...atWork.on, work: moved, choose: cleared } },
      tasked: atWork,
      full: atWork,
    },
  },
  override: {
    initial: 'none',
    states: {
      none: {
        on: {
          ...overridden(to('none', 'dropForcedNext')),
          choose: [when('ends', to('none', 'dropForcedNext')), ...brought],
          release: [when('waits', released)],
        },
      },
      forced: {
        on: {
          ...overridden(noMore),
          choose: [when('ends', noMore), ...brought, when('turns', to('none', 'endOverride'))],
          release: [released],
        },
      },
      held: { on: { ...overridden(to('held', 'dropForcedNext')), release: [released] } },
    },
  },
  stability: {
    initial: 'steady',
    states: {
      steady: { on: { open: changing, lose: changing, grace: changing } },
      flapping: {
        on: {
          open: flapped,
          lose: flapped,
          grace: flapped,
          steady: [when('steadyDue', to('steady', 'endFlapping'))],
        },
      },
    },
  },
};

/** The statechart in XState: the chart, with the rules for its guards and assigners. */
export const machine = createMachine(
  {
    id: 'agent',
    type: 'parallel',
    types: {} as { context: Context; events: Stimulus },
    context: INITIAL_CONTEXT,
    states: chart,
  },
  {
    guards: mapValues(
      guards,
      (guard) =>
        ({ context, event }: Scope, params: unknown) =>
          guard(context, event, params as GuardParams),
    ),
    actions: {
      ...mapValues(mutators, (mutator) =>
        assign<Context, Stimulus, object | null | undefined, Stimulus, never>(({ context, event }) => {
          const draft = { ...context };
          mutator(draft, event);
          return draft;
        }),
      ),
      ...Object.fromEntries(EFFECTS.map((effect) => [effect, () => undefined])),
    },
  },
);

/** What XState hands to a guard. */
interface Scope {
  readonly context: Context;
  readonly event: Stimulus;
}

function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  map: (value: From) => To,
) {
  return Object.fromEntries(Object.entries<From>(record).map(([key, value]) => [key, map(value)]));
}

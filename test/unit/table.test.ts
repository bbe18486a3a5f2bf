import { describe, expect, test } from 'vitest';
import { machine } from '../../engine/machine.ts';
import { guards, mutators } from '../../engine/rules.ts';
import { compile, StatechartRefused } from '../../engine/table.ts';
import { agrees } from '../proof/comparison.ts';
import { edgesFrom, FIRST } from '../proof/graph.ts';
import { DUTIES } from '../proof/stimuli.ts';
import { Seeded } from '../support/seeded.ts';

type Fields = Readonly<Record<string, unknown>>;

const arm = {
  guard: { type: 'ends', params: {} },
  target: 'connected',
  actions: ['endSessions', 'dismiss'],
};
/** A chart of one region with two states, one of which reacts to one thing in one way. */
const chart = ({
  root = {},
  region = {},
  state = {},
  on = {},
  way = {},
}: Readonly<Record<string, Fields>> = {}) => ({
  id: 'agent',
  type: 'parallel',
  context: {},
  ...root,
  states: {
    connectivity: {
      initial: 'disconnected',
      ...region,
      states: {
        disconnected: { on: { open: [{ ...arm, ...way }], ...on }, ...state },
        connected: { on: {} },
      },
    },
    ...(root['states'] as Fields | undefined),
  },
});

const inline = () => true;
const refused: Readonly<Record<string, unknown>> = {
  after: chart({ state: { after: { 1000: 'connected' } } }),
  always: chart({ state: { always: [{ target: 'connected' }] } }),
  entry: chart({ state: { entry: ['endSessions'] } }),
  exit: chart({ state: { exit: ['endSessions'] } }),
  invoke: chart({ state: { invoke: { src: 'somebody' } } }),
  onDone: chart({ state: { onDone: 'connected' } }),
  'nested states': chart({ state: { initial: 'a', states: { a: {} } } }),
  'a final state': chart({ state: { type: 'final' } }),
  history: chart({ state: { type: 'history', history: 'deep' } }),
  tags: chart({ state: { tags: ['here'] } }),
  'a wildcard': chart({ on: { '*': [{ target: 'connected' }] } }),
  'a partial wildcard': chart({ on: { 'open.*': [{ target: 'connected' }] } }),
  'an event without a name': chart({ on: { '': [{ target: 'connected' }] } }),
  'an inline guard': chart({ way: { guard: inline } }),
  'an inline action': chart({ way: { actions: [inline] } }),
  'an action with parameters': chart({ way: { actions: [{ type: 'endSessions', params: {} }] } }),
  'parameters that are a function': chart({ way: { guard: { type: 'ends', params: inline } } }),
  'an unknown guard': chart({ way: { guard: 'isTuesday' } }),
  'a guard that every object has': chart({ way: { guard: 'constructor' } }),
  'a guard of guards': chart({ way: { guard: { type: 'xstate.and', guards: ['ends'] } } }),
  'an unknown action': chart({ way: { actions: ['sendMail'] } }),
  'an unknown target': chart({ way: { target: 'elsewhere' } }),
  'a target that every object has': chart({ way: { target: 'toString' } }),
  'a target by id': chart({ way: { target: '#agent.connectivity.connected' } }),
  'several targets': chart({ way: { target: ['connected', 'disconnected'] } }),
  reenter: chart({ way: { reenter: true } }),
  'a short hand': chart({ on: { open: 'connected' } }),
  'root on': chart({ root: { on: { open: 'connected' } } }),
  'root entry': chart({ root: { entry: ['endSessions'] } }),
  'a root that is not parallel': chart({ root: { type: 'compound' } }),
  'on beside the states of a region': chart({ region: { on: { open: 'connected' } } }),
  'a region without a beginning': chart({ region: { initial: undefined } }),
  'a region that begins nowhere': chart({ region: { initial: 'toString' } }),
  'a parallel region': chart({ region: { type: 'parallel' } }),
  'a region that is no axis': chart({
    root: { states: { mood: { initial: 'good', states: { good: { on: {} } } } } },
  }),
  nothing: undefined,
  'a list': [],
};

describe('B2: the compiler', () => {
  test('B2: the statechart compiles', () => {
    expect([...compile(machine.config).keys()].toSorted()).toEqual([
      'active',
      'choose',
      'escalate',
      'expire',
      'extend',
      'force',
      'freeze',
      'grace',
      'idle',
      'lapse',
      'leave',
      'lose',
      'open',
      'overrun',
      'queue',
      'queue_force',
      'release',
      'restart',
      'review',
      'steady',
      'warn',
      'work',
    ]);
  });

  test('B2: on the way of one agent the table says what XState says', () => {
    const table = compile(machine.config);
    const random = new Seeded(5);
    let axes = FIRST;
    for (let steps = 0; steps < 100; steps++) {
      const edges = [...edgesFrom(axes, { chart: machine, region: null, named: DUTIES })];
      expect(edges.filter((edge) => !agrees(table, edge))).toEqual([]);
      axes = random.pick(edges).to;
    }
  });

  test('B2: plain transitions on named rules are all that it takes', () => {
    expect(compile(chart()).get('open')).toEqual([
      {
        region: 'connectivity',
        cells: {
          disconnected: [
            {
              region: 'connectivity',
              guard: guards.ends,
              params: {},
              target: 'connected',
              mutators: [mutators.endSessions],
              effects: ['dismiss'],
            },
          ],
        },
      },
    ]);
  });

  test.each(Object.entries(refused))('B2: %s is refused, and where it stands is said', (_, config) => {
    expect(() => compile(config)).toThrow(StatechartRefused);
    expect(() => compile(config)).toThrow(/the table cannot express this statechart: \S+ /);
  });
});

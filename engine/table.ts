/**
 * The statechart compiled into a table: what runs.
 *
 * A live XState actor costs kilobytes and microseconds per agent; a table costs one lookup per region. The compiler
 * reads the statechart's configuration, never its behaviour, and refuses whatever the table cannot express, so the
 * statechart stays the only definition (SPEC B2). `npm run proof` holds the two against each other.
 */
import {
  type Axes,
  type Context,
  copyAxes,
  INITIAL_CONFIGURATION,
  type Mutable,
  type Region,
} from './axes.ts';
import { type Effect, EFFECTS } from './events.ts';
import type { Stimulus } from './inputs.ts';
import {
  type Guard,
  type GuardName,
  type GuardParams,
  guards,
  type Mutator,
  type MutatorName,
  mutators,
} from './rules.ts';

/** Per input: the regions that react to it, in document order. */
export type Table = ReadonlyMap<string, readonly RegionCells[]>;

export interface RegionCells {
  readonly region: Region;
  /** One cell a state: the ways out, the first whose guard holds is taken. */
  readonly cells: Readonly<Record<string, readonly TableArm[]>>;
}

export interface TableArm {
  readonly region: Region;
  readonly guard: Guard | null;
  readonly params: GuardParams;
  /** Its own state where it stays. */
  readonly target: string;
  readonly mutators: readonly Mutator[];
  readonly effects: readonly Effect[];
}

/** What a stimulus makes of an agent's axes. */
export interface Step {
  readonly axes: Axes;
  readonly effects: readonly Effect[];
}

/** As `move`, on a copy. */
export function step(table: Table, before: Axes, stimulus: Stimulus): Step | null {
  const axes = copyAxes(before);
  const effects = move(table, axes, stimulus);
  return effects === null ? null : { axes, effects };
}

/**
 * The statechart's answer: takes the axes to where the stimulus leads, and tells what is to be done; null where it
 * reacts in no region: then the axes stay. All guards see the axes before; mutators see what the ones before them
 * left, in document order — as XState has it.
 */
export function move(table: Table, axes: Mutable<Axes>, stimulus: Stimulus): readonly Effect[] | null {
  let taken = 0;
  for (const { region, cells } of table.get(stimulus.type) ?? []) {
    const arm = takenOf(cells[stateOf(axes, region)], axes, stimulus);
    if (arm !== null) TAKEN[taken++] = arm;
  }
  if (taken === 0) return null;
  let effects = NONE;
  for (let at = 0; at < taken; at++) {
    const arm = TAKEN[at];
    if (arm === undefined) break;
    enter(axes, arm);
    for (const mutate of arm.mutators) mutate(axes, stimulus);
    if (arm.effects.length > 0) effects = effects.concat(arm.effects);
  }
  return effects;
}

const NONE: readonly Effect[] = [];
/** The ways out that a move takes, while it does: a list of its own for each would cost more than the rest. */
const TAKEN: TableArm[] = [];

/** Written out: to look a field up by a name that varies costs as much as a guard. */
function stateOf(axes: Axes, region: Region): string {
  switch (region) {
    case 'connectivity':
      return axes.connectivity;
    case 'duty':
      return axes.duty;
    case 'limit':
      return axes.limit;
    case 'activity':
      return axes.activity;
    case 'workload':
      return axes.workload;
    case 'override':
      return axes.override;
    case 'stability':
      return axes.stability;
  }
}

/** Written out likewise. */
function enter(states: Record<Region, string>, { region, target }: TableArm): void {
  switch (region) {
    case 'connectivity':
      states.connectivity = target;
      break;
    case 'duty':
      states.duty = target;
      break;
    case 'limit':
      states.limit = target;
      break;
    case 'activity':
      states.activity = target;
      break;
    case 'workload':
      states.workload = target;
      break;
    case 'override':
      states.override = target;
      break;
    case 'stability':
      states.stability = target;
      break;
  }
}

/** The first way out whose guard holds. */
function takenOf(
  arms: readonly TableArm[] | undefined,
  context: Context,
  stimulus: Stimulus,
): TableArm | null {
  for (const arm of arms ?? [])
    if (arm.guard === null || arm.guard(context, stimulus, arm.params)) return arm;
  return null;
}

/** What the compiler cannot express in a table, with the place where it stands. */
export class StatechartRefused extends TypeError {
  override readonly name = 'StatechartRefused';
}

/**
 * Compiles a statechart's configuration (XState's `machine.config`).
 * @throws StatechartRefused for anything but parallel regions of flat states with plain transitions on named rules.
 */
export function compile(config: unknown): Table {
  const chart = fields(config, 'chart', ['id', 'type', 'types', 'context', 'states']);
  if (chart.type !== 'parallel') refuse('chart', 'must be parallel');
  const table = new Map<string, RegionCells[]>();
  for (const [region, node] of Object.entries(fields(chart.states, 'states'))) {
    if (!Object.hasOwn(INITIAL_CONFIGURATION, region)) refuse(region, 'is no axis');
    const { initial, states } = fields(node, region, ['initial', 'states']);
    const flat = fields(states, `${region}.states`);
    if (typeof initial !== 'string' || !Object.hasOwn(flat, initial)) refuse(region, 'has no initial state');
    for (const [state, stateNode] of Object.entries(flat)) {
      const where = `${region}.${state}`;
      const { on } = fields(stateNode, where, ['on']);
      for (const [type, transitions] of Object.entries(fields(on, `${where}.on`))) {
        if (type === '' || type.includes('*')) refuse(where, `listens to "${type}"`);
        const arms = list(transitions).map((arm) =>
          compileArm(arm, `${where}.on.${type}`, { region: region as Region, state, states: flat }),
        );
        put(table, type, { region: region as Region, state, arms });
      }
    }
  }
  return table;
}

function compileArm(
  arm: unknown,
  where: string,
  { region, state, states }: { region: Region; state: string; states: Readonly<Record<string, unknown>> },
): TableArm {
  const { guard, target = state, actions = [] } = fields(arm, where, ['guard', 'target', 'actions']);
  if (!(typeof target === 'string' && Object.hasOwn(states, target)))
    refuse(where, `has no sibling ${show(target)}`);
  const names = list(actions);
  const unknown = names.find((name) => !isMutator(name) && !isEffect(name));
  if (unknown !== undefined) refuse(where, `has an action that is no named rule: ${show(unknown)}`);
  return {
    region,
    ...compileGuard(guard, where),
    target,
    mutators: names.filter(isMutator).map((name) => mutators[name]),
    effects: names.filter(isEffect),
  };
}

function compileGuard(guard: unknown, where: string): Pick<TableArm, 'guard' | 'params'> {
  if (guard === undefined) return { guard: null, params: {} };
  const { type, params = {} } =
    typeof guard === 'string' ? { type: guard } : fields(guard, where, ['type', 'params']);
  if (typeof type !== 'string' || !Object.hasOwn(guards, type))
    refuse(where, `has a guard that is no named rule: ${show(type)}`);
  return { guard: guards[type as GuardName], params: fields(params, `${where}, params`) };
}

function put(
  table: Map<string, RegionCells[]>,
  type: string,
  at: { region: Region; state: string; arms: readonly TableArm[] },
): void {
  const regions = table.get(type) ?? [];
  table.set(type, regions);
  const last = regions.at(-1);
  if (last?.region === at.region) Object.assign(last.cells, { [at.state]: at.arms });
  else regions.push({ region: at.region, cells: { [at.state]: at.arms } });
}

/** The fields of a plain object; anything but `allowed` is refused. */
function fields(
  value: unknown,
  where: string,
  allowed?: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(where, `is ${show(value)}`);
  const extra = allowed === undefined ? undefined : Object.keys(value).find((key) => !allowed.includes(key));
  if (extra !== undefined) refuse(where, `uses "${extra}"`);
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isMutator(name: unknown): name is MutatorName {
  return typeof name === 'string' && Object.hasOwn(mutators, name);
}

function isEffect(name: unknown): name is Effect {
  return EFFECTS.some((effect) => effect === name);
}

function refuse(where: string, what: string): never {
  throw new StatechartRefused(`the table cannot express this statechart: ${where} ${what}`);
}

function show(value: unknown): string {
  return typeof value === 'function'
    ? `a function (${value.name || 'anonymous'})`
    : (JSON.stringify(value) ?? 'nothing');
}

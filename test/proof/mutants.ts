/** Each way to change one thing in a table (SPEC B2): an arm, what it's bound to, or a cell that is empty. */
import { CATEGORIES, type Region } from '../../engine/axes.ts';
import { EFFECTS } from '../../engine/events.ts';
import {
  type Guard,
  type GuardName,
  guards,
  type Mutator,
  type MutatorName,
  mutators,
} from '../../engine/rules.ts';
import type { Table, TableArm } from '../../engine/table.ts';
import { REGIONS, STATES } from './graph.ts';

export interface Cell {
  readonly type: string;
  readonly region: Region;
  readonly state: string;
}

export interface Mutant {
  readonly kind: Kind;
  /** Which one it is, and what was done to it. */
  readonly name: string;
  readonly cell: Cell;
  readonly table: Table;
}

export const KINDS = [
  'arm gone',
  'arms swapped',
  'other target',
  'guard gone',
  'guard added',
  'guard negated',
  'guard replaced',
  'guard parameter',
  'mutator gone',
  'mutator replaced',
  'mutator added',
  'mutators swapped',
  'effect gone',
  'effect replaced',
  'effect added',
  'effects swapped',
  'empty cell: moves',
  'empty cell: mutates',
  'empty cell: effect',
] as const;
export type Kind = (typeof KINDS)[number];

/** All cells that there could be: each input, in each state of each region. */
export function cellsOf(table: Table): readonly Cell[] {
  return [...table.keys()].flatMap((type) =>
    REGIONS.flatMap((region) => STATES[region].map((state) => ({ type, region, state }))),
  );
}

export function armsOf(table: Table, { type, region, state }: Cell): readonly TableArm[] {
  return table.get(type)?.find((cells) => cells.region === region)?.cells[state] ?? [];
}

export function* mutantsOf(table: Table): Generator<Mutant> {
  for (const cell of cellsOf(table)) {
    const arms = armsOf(table, cell);
    for (const [kind, what, changed] of arms.length === 0 ? filled(cell) : spoiled(cell, arms))
      yield { kind, name: `${titleOf(cell)}${what}`, cell, table: withArms(table, cell, changed) };
  }
}

type Change = readonly [kind: Kind, what: string, arms: readonly TableArm[]];

/** An arm where there was none. */
function* filled({ region, state }: Cell): Generator<Change> {
  const arm: TableArm = { region, guard: null, params: {}, target: state, mutators: [], effects: [] };
  for (const target of STATES[region])
    if (target !== state) yield ['empty cell: moves', ` → ${target}`, [{ ...arm, target }]];
  for (const [name, mutator] of MUTATORS)
    yield ['empty cell: mutates', `: ${name}`, [{ ...arm, mutators: [mutator] }]];
  for (const effect of EFFECTS) yield ['empty cell: effect', `: ${effect}`, [{ ...arm, effects: [effect] }]];
}

function* spoiled(cell: Cell, arms: readonly TableArm[]): Generator<Change> {
  for (const [place, arm] of arms.entries()) {
    const title = ` → ${arm.target}${arm.guard === null ? '' : ` [${guardText(arm)}]`}: `;
    yield ['arm gone', `${title}gone`, arms.toSpliced(place, 1)];
    const next = arms[place + 1];
    if (next !== undefined)
      yield ['arms swapped', `${title}after [${guardText(next)}]`, arms.toSpliced(place, 2, next, arm)];
    for (const [kind, what, changed] of spoiledArm(arm, STATES[cell.region]))
      yield [kind, `${title}${what}`, arms.with(place, { ...arm, ...changed })];
  }
}

type ArmChange = readonly [kind: Kind, what: string, arm: Partial<TableArm>];

function* spoiledArm(arm: TableArm, states: readonly string[]): Generator<ArmChange> {
  for (const target of states) if (target !== arm.target) yield ['other target', `to ${target}`, { target }];
  if (arm.guard !== null) {
    const { guard } = arm;
    yield ['guard gone', 'unguarded', { guard: null }];
    yield ['guard negated', 'negated', { guard: (...judged) => !guard(...judged) }];
    for (const params of otherParams(arm))
      yield ['guard parameter', guardText({ ...arm, params }), { params }];
  }
  for (const [name, guard] of GUARDS)
    if (guard !== arm.guard)
      yield [arm.guard === null ? 'guard added' : 'guard replaced', `[${name}]`, { guard }];
  for (const [kind, what, changed] of spoiledList(arm.mutators, MUTATORS, 'mutator'))
    yield [kind, what, { mutators: changed }];
  for (const [kind, what, changed] of spoiledList(
    arm.effects,
    EFFECTS.map((name) => [name, name]),
    'effect',
  ))
    yield [kind, what, { effects: changed }];
}

/** Every other value that the parameter could have, and none. */
function otherParams({ guard, params }: TableArm): readonly TableArm['params'][] {
  const all = PARAMETERS.find(([name]) => guards[name] === guard)?.[1] ?? [];
  const isOwn = (other: TableArm['params']) =>
    other.category === params.category && other.hold === params.hold;
  return all.filter((other) => !isOwn(other));
}
const PARAMETERS: readonly (readonly [GuardName, readonly TableArm['params'][]])[] = [
  ['turns', [...CATEGORIES.map((category) => ({ category })), {}]],
  ['brings', [{ hold: true }, { hold: false }, {}]],
];

function* spoiledList<Item>(
  items: readonly Item[],
  all: readonly (readonly [string, Item])[],
  noun: 'mutator' | 'effect',
): Generator<readonly [Kind, string, readonly Item[]]> {
  const others = all.filter(([, item]) => !items.includes(item));
  const nameOf = (item: Item) => all.find(([, known]) => known === item)?.[0] ?? '?';
  for (const [place, item] of items.entries()) {
    yield [`${noun} gone`, `without ${nameOf(item)}`, items.toSpliced(place, 1)];
    for (const [name, other] of others)
      yield [`${noun} replaced`, `${name} for ${nameOf(item)}`, items.with(place, other)];
    const next = items[place + 1];
    if (next !== undefined)
      yield [
        `${noun}s swapped`,
        `${nameOf(next)} before ${nameOf(item)}`,
        items.toSpliced(place, 2, next, item),
      ];
  }
  for (const [name, other] of others) yield [`${noun} added`, `with ${name}`, [...items, other]];
}

const GUARDS = Object.entries(guards) as unknown as readonly [GuardName, Guard][];
const MUTATORS = Object.entries(mutators) as unknown as readonly [MutatorName, Mutator][];

export function titleOf({ type, region, state }: Cell): string {
  return `${type} in ${region}.${state}`;
}

export function guardText({ guard, params }: TableArm): string {
  const name = GUARDS.find(([, known]) => known === guard)?.[0] ?? 'else';
  const { category = '', hold = '' } = params;
  return `${name} ${category}${hold}`.trimEnd();
}

export function withArms(table: Table, { type, region, state }: Cell, arms: readonly TableArm[]): Table {
  const regions = table.get(type) ?? [];
  const cells = { ...regions.find((known) => known.region === region)?.cells, [state]: arms };
  const changed = REGIONS.flatMap((name) => {
    const known = regions.find((each) => each.region === name);
    return name === region ? [{ region, cells }] : known === undefined ? [] : [known];
  });
  return new Map([[type, changed]]);
}

/**
 * The statechart, drawn from its configuration: a Mermaid diagram a region, with all that stands in it as a table
 * beside it. States that react alike to an input are drawn as one source.
 */
import { isDeepStrictEqual } from 'node:util';
import { EFFECTS } from '../../engine/events.ts';

/** The part of a statechart's configuration that is drawn (`machine.config`). */
export interface Chart {
  readonly states: Readonly<Record<string, RegionNode>>;
}
interface RegionNode {
  readonly initial: string;
  readonly states: Readonly<Record<string, { readonly on: Readonly<Record<string, readonly Arm[]>> }>>;
}
interface Arm {
  readonly guard?: { readonly type: string; readonly params: Readonly<Record<string, string>> };
  readonly target?: string;
  readonly actions: readonly string[];
}

/** One arm of the states that react alike. */
interface Way {
  readonly sources: readonly string[];
  readonly input: string;
  readonly guard: string;
  readonly target: string;
  readonly mutators: readonly string[];
  readonly effects: readonly string[];
}

const INTRODUCTION = `# The statechart

Drawn from \`engine/machine.ts\` by \`npm run statechart\`; a test fails while it is out of date. Each agent is in one state
of every region at once. An input goes to all regions. In each, the ways out of its state are asked in the order of the
table, and the first whose guard holds is taken; where none holds, the region stays as it is. Guards see the agent as it
was before. Guards and mutators are in \`engine/rules.ts\`. Labels read \`input [guard] / mutators, effects\`; *else* is what
is left when the guards above it don't hold.
`;

/** Room for the labels. */
const SPACING = ['---', 'config:', '  state:', '    nodeSpacing: 70', '    rankSpacing: 110', '---'];
/** More states than these stand below one another, so that the drawing doesn't grow broader than a page. */
const MANY = 4;

export function drawingOf({ states: regions }: Chart): string {
  const ways = Object.entries(regions).map(([name, region]) => ({ name, region, ways: waysOf(region) }));
  return [
    INTRODUCTION,
    '## Who reacts to what\n',
    overview(ways),
    ...ways.flatMap(({ name, region, ways: its }) => [
      `\n## ${capitalised(name)}\n`,
      '```mermaid',
      diagram(region, its),
      '```\n',
      table(['input', 'in', 'guard', 'to', 'mutators', 'effects'], its.map(cellsOf)),
    ]),
    '',
  ].join('\n');
}

/** Input by input; the states that have the same ways out on an input count as one. */
function waysOf({ states }: RegionNode): readonly Way[] {
  const inputs = new Set(Object.values(states).flatMap(({ on }) => Object.keys(on)));
  return [...inputs].flatMap((input) => {
    const groups: { sources: string[]; arms: readonly Arm[] }[] = [];
    for (const [state, { on }] of Object.entries(states)) {
      const arms = on[input]?.map((arm) => ({ ...arm, target: arm.target ?? state }));
      const alike = groups.find((group) => isDeepStrictEqual(group.arms, arms));
      if (alike !== undefined) alike.sources.push(state);
      else if (arms !== undefined) groups.push({ sources: [state], arms });
    }
    return groups.flatMap(({ sources, arms }) =>
      arms.map((arm, place) => wayOf({ input, sources, arm, place })),
    );
  });
}

interface Placed {
  readonly input: string;
  readonly sources: readonly string[];
  readonly arm: Arm;
  readonly place: number;
}

function wayOf({ input, sources, arm: { guard, target = '', actions }, place }: Placed): Way {
  const otherwise = place > 0 ? 'else' : '';
  return {
    sources,
    input,
    guard: guard === undefined ? otherwise : [guard.type, ...Object.values(guard.params)].join(' '),
    target,
    mutators: actions.filter((name) => !isEffect(name)),
    effects: actions.filter(isEffect),
  };
}

function diagram({ initial, states }: RegionNode, ways: readonly Way[]): string {
  const groups = new Map(ways.map(({ sources }) => [nodeOf(sources), sources]));
  for (const state of Object.keys(states)) groups.delete(state);
  const labels = new Map<string, string[]>();
  for (const way of ways) {
    const edge = `${nodeOf(way.sources)} --> ${way.target}`;
    labels.set(edge, [...(labels.get(edge) ?? []), labelOf(way)]);
  }
  return [
    ...SPACING,
    'stateDiagram-v2',
    `  direction ${Object.keys(states).length > MANY ? 'LR' : 'TB'}`,
    `  [*] --> ${initial}`,
    ...Object.keys(states).map((state) => `  ${state}`),
    ...[...groups].flatMap(([node, sources]) => [
      `  state "any of<br/>${sources.join('<br/>')}" as ${node}`,
      `  class ${node} several`,
    ]),
    ...(groups.size > 0 ? ['  classDef several stroke-dasharray:5'] : []),
    ...[...labels].map(([edge, lines]) => `  ${edge}: ${lines.join('<br/>')}`),
  ].join('\n');
}

function nodeOf(sources: readonly string[]): string {
  return sources.join('_or_');
}

function labelOf({ input, guard, mutators, effects }: Way): string {
  const done = [...mutators, ...effects].join(', ');
  return `${input}${guard && ` [${guard}]`}${done && ` / ${done}`}`;
}

function cellsOf({ sources, input, guard, target, mutators, effects }: Way): readonly string[] {
  return [input, sources.join(', '), guard, target, mutators.join(', '), effects.join(', ')];
}

function overview(regions: readonly { name: string; ways: readonly Way[] }[]): string {
  const inputs = new Set(regions.flatMap(({ ways }) => ways.map(({ input }) => input)));
  const rows = [...inputs].map((input) => [
    input,
    ...regions.map(({ ways }) =>
      [...new Set(ways.filter((way) => way.input === input).flatMap(({ sources }) => sources))].join(', '),
    ),
  ]);
  return table(['input', ...regions.map(({ name }) => name)], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function isEffect(name: string): boolean {
  return EFFECTS.some((effect) => effect === name);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Where a table and XState differ. */
import { isDeepStrictEqual } from 'node:util';
import type { Axes, Region } from '../../engine/axes.ts';
import { step, type Table, type TableArm } from '../../engine/table.ts';
import { type Edge, type Graph, REGIONS } from './graph.ts';
import { armsOf, type Cell, titleOf } from './mutants.ts';

/** Whether the table says of this edge what XState says: states, values and effects. */
export function agrees(table: Table, { region, from, stimulus, to, effects }: Edge): boolean {
  const judged = region === null ? table : only(table, region);
  const stepped = step(judged, from, stimulus) ?? { axes: from, effects: [] };
  return sameAxes(stepped.axes, to) && stepped.effects.join() === effects.join();
}

/** An edge, and the arm of the cell that is taken on it. */
interface Looked {
  readonly edge: Edge;
  readonly taken: TableArm | undefined;
}

/** The edges on which each cell is looked at. */
export class EdgesByCell {
  readonly #table: Table;
  readonly #edges = new Map<string, Edge[]>();
  readonly #looked = new Map<string, Looked[]>();

  constructor(table: Table, { edges }: Graph) {
    this.#table = table;
    for (const edge of edges)
      for (const region of edge.region === null ? REGIONS : [edge.region]) {
        const title = titleOf({ type: edge.stimulus.type, region, state: edge.from[region] });
        const known = this.#edges.get(title);
        if (known === undefined) this.#edges.set(title, [edge]);
        else known.push(edge);
      }
  }

  of(cell: Cell): readonly Edge[] {
    return this.#edges.get(titleOf(cell)) ?? [];
  }

  /** How an edge tells this changed cell from what XState says; null where none can. */
  tell(cell: Cell, changed: Table): Telling | null {
    const looked = this.#lookedOf(cell);
    const arms = armsOf(changed, cell);
    for (const [place, each] of looked.entries()) {
      const telling = tellingOf(each, { arms, changed });
      if (telling === null) continue;
      // What tells one change often tells the next: it is asked first then.
      looked.splice(place, 1);
      looked.unshift(each);
      return telling;
    }
    return null;
  }

  #lookedOf(cell: Cell): Looked[] {
    const title = titleOf(cell);
    const known = this.#looked.get(title);
    if (known !== undefined) return known;
    const arms = armsOf(this.#table, cell);
    const made = this.of(cell).map((edge) => ({ edge, taken: takenOn(edge, arms) }));
    this.#looked.set(title, made);
    return made;
  }
}

/** The first arm whose guard holds. */
export function takenOn({ from, stimulus }: Edge, arms: readonly TableArm[]): TableArm | undefined {
  return arms.find(({ guard, params }) => guard === null || guard(from, stimulus, params));
}

function tellingOf(
  { edge, taken }: Looked,
  { arms, changed }: { arms: readonly TableArm[]; changed: Table },
): Telling | null {
  try {
    // Where the cell does what it did, so do all.
    return takenOn(edge, arms) === taken || agrees(changed, edge) ? null : 'differs';
  } catch {
    return 'refuses';
  }
}

/** The outcome is another, or a rule that stands under the wrong input throws. */
export type Telling = 'differs' | 'refuses';

function sameAxes(a: Axes, b: Axes): boolean {
  const fields = Object.keys(b) as (keyof Axes)[];
  return fields.length === Object.keys(a).length && fields.every((field) => isSame(a[field], b[field]));
}

export function isSame(a: unknown, b: unknown): boolean {
  return a === b || isDeepStrictEqual(a, b);
}

function only(table: Table, region: Region): Table {
  return new Map(
    [...table].map(([type, regions]) => [type, regions.filter((cells) => cells.region === region)]),
  );
}

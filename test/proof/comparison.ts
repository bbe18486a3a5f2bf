/** Where a table and XState differ. */
import { isDeepStrictEqual } from 'node:util';
import type { Axes, Region } from '../../engine/axes.ts';
import { step, type Table } from '../../engine/table.ts';
import { type Edge, type Graph, REGIONS } from './graph.ts';
import { type Cell, titleOf } from './mutants.ts';

/** Whether the table says of this edge what XState says: states, values and effects. */
export function agrees(table: Table, { region, from, stimulus, to, effects }: Edge): boolean {
  const judged = region === null ? table : only(table, region);
  const stepped = step(judged, from, stimulus) ?? { axes: from, effects: [] };
  return sameAxes(stepped.axes, to) && stepped.effects.join() === effects.join();
}

/** The edges on which each cell is looked at. */
export class EdgesByCell {
  readonly #edges = new Map<string, Edge[]>();

  constructor({ edges }: Graph) {
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

  /** How the first edge that can tells this changed cell from what XState says; null where none can. */
  tell(cell: Cell, changed: Table): Telling | null {
    for (const edge of this.of(cell)) {
      try {
        if (!agrees(changed, edge)) return 'differs';
      } catch {
        return 'refuses';
      }
    }
    return null;
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

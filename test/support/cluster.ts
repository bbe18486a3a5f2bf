/** Several engines over one log, each the owner of some partitions: nodes that come, hand over, take over and die. */
import { createEngine, type Engine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { Member } from '../../engine/member.ts';
import { PARTITIONS } from '../../engine/population.ts';
import { rosterOf } from './engines.ts';
import { FakeClock } from './fake-clock.ts';
import { LAW } from './laws.ts';

export interface Node {
  readonly name: string;
  readonly engine: Engine;
}

export class Cluster {
  readonly clock = new FakeClock();
  readonly journal: MemoryJournal;
  readonly #members: readonly Member[];
  readonly #nodes = new Map<string, Node>();
  #started = 0;

  /** `delayMs` is asked before each append. */
  constructor(members: readonly Member[], delayMs: () => number = () => 0) {
    this.#members = members;
    this.journal = new MemoryJournal({
      delay: () => {
        const ms = delayMs();
        return ms === 0 ? Promise.resolve() : new Promise((resolve) => void this.clock.after(ms, resolve));
      },
    });
  }

  /** Those that live. */
  get nodes(): readonly Node[] {
    return [...this.#nodes.values()];
  }

  /** A node that comes, and claims these partitions. */
  async join(owns: readonly number[]): Promise<Node> {
    const name = `node${(this.#started += 1)}`;
    const engine = await createEngine({
      node: name,
      journal: this.journal,
      clock: this.clock,
      roster: rosterOf(this.#members),
      catalogue: () => LAW.catalogue,
      config: () => LAW.config,
      owns,
      ownerOf: (partition) => this.#ownerBeside(name, partition),
      isGone: (other) => other !== name && !this.#nodes.has(other),
    });
    const node = { name, engine };
    this.#nodes.set(name, node);
    return node;
  }

  /** It is taken for dead; it may live on without knowing. */
  lose({ name }: Node): void {
    this.#nodes.delete(name);
  }

  ownerOf(partition: number): Node | null {
    return this.nodes.find(({ engine }) => engine.owner(partition) !== null) ?? null;
  }

  async handOver(partition: number, to: Node): Promise<void> {
    await this.ownerOf(partition)?.engine.release(partition);
    await to.engine.claim(partition);
  }

  /** Claims whatever nobody who lives owns. */
  async takeOver(by: Node): Promise<void> {
    const orphans = Array.from({ length: PARTITIONS }, (_, id) => id).filter(
      (id) => this.ownerOf(id) === null,
    );
    await Promise.all(orphans.map((id) => by.engine.claim(id)));
  }

  #ownerBeside(name: string, partition: number) {
    return (
      this.nodes
        .find((node) => node.name !== name && node.engine.owner(partition) !== null)
        ?.engine.owner(partition) ?? null
    );
  }
}

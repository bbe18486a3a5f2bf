import { type Batch, Fenced, type Offset } from './port.ts';

/** How many of a writer's batches are remembered, in case it repeats one. */
const REMEMBERED = 64;

/** Who may write which partition, and what the present writer has written lately. */
export class Claims {
  readonly #partitions = new Map<number, { term: number; written: Map<string, Offset> }>();

  /** The highest term of a partition that the log shows. */
  restore(partition: number, term: number): void {
    this.#partitions.set(partition, {
      term: Math.max(term, this.#partitions.get(partition)?.term ?? 0),
      written: new Map(),
    });
  }

  /** A new term. Every earlier writer is fenced from here on. */
  raise(partition: number): number {
    const term = (this.#partitions.get(partition)?.term ?? 0) + 1;
    this.#partitions.set(partition, { term, written: new Map() });
    return term;
  }

  standing(): readonly Pick<Batch, 'partition' | 'term'>[] {
    return [...this.#partitions].map(([partition, { term }]) => ({ partition, term }));
  }

  /** @throws Fenced when the term is not the present one. */
  check({ partition, term }: Pick<Batch, 'partition' | 'term'>): void {
    if (this.#partitions.get(partition)?.term !== term) throw new Fenced(partition, term);
  }

  /** Where this very batch was written before; undefined when it was not. */
  offsetOf({ partition, id }: Batch): Offset | undefined {
    return this.#partitions.get(partition)?.written.get(id);
  }

  wrote({ partition, term, id }: Batch, offset: Offset): void {
    const claim = this.#partitions.get(partition);
    if (claim?.term !== term) return;
    claim.written.set(id, offset);
    if (claim.written.size <= REMEMBERED) return;
    for (const oldest of claim.written.keys()) {
      claim.written.delete(oldest);
      break;
    }
  }
}

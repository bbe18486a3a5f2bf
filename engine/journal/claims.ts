import { Newest } from '../newest.ts';
import type { Batch, Offset } from './port.ts';

/** A partition and the term under which it is written. */
export type Claim = Pick<Batch, 'partition' | 'term'>;

/** How many of a writer's batches are remembered, in case it repeats one. */
const REMEMBERED = 64;

/** Who may write which partition, and what the present writer has written lately. */
export class Claims {
  readonly #partitions = new Map<number, { readonly term: number; readonly written: Newest<Offset> }>();

  /** A claim that the log shows. */
  restore({ partition, term }: Claim): void {
    if (term > this.#termOf(partition))
      this.#partitions.set(partition, { term, written: new Newest(REMEMBERED) });
  }

  /** A new term. Every earlier writer is fenced from here on. */
  raise(partition: number): Claim {
    const term = this.#termOf(partition) + 1;
    this.#partitions.set(partition, { term, written: new Newest(REMEMBERED) });
    return { partition, term };
  }

  standing(): readonly Claim[] {
    return [...this.#partitions].map(([partition, { term }]) => ({ partition, term }));
  }

  /** Whether nobody has claimed the partition since. */
  stands({ partition, term }: Claim): boolean {
    return this.#termOf(partition) === term;
  }

  /** Where the present writer wrote this very batch before; undefined when it did not. */
  offsetOf({ partition, id }: Batch): Offset | undefined {
    return this.#partitions.get(partition)?.written.get(id);
  }

  wrote({ partition, term, id }: Batch, offset: Offset): void {
    const claim = this.#partitions.get(partition);
    if (claim?.term === term) claim.written.set(id, offset);
  }

  #termOf(partition: number): number {
    return this.#partitions.get(partition)?.term ?? 0;
  }
}

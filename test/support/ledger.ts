/**
 * What a log was asked and what it answered; from that, what it has to show ever after. Each breach is named.
 */
import type { Batch, CommittedBatch, Offset } from '../../engine/journal/port.ts';

export type Breach =
  | 'lost'
  | 'changed'
  | 'invented'
  | 'revived'
  | 'moved'
  | 'disordered'
  | 'term went back'
  | 'another epoch'
  | 'not followed'
  | 'not fenced'
  | 'unreadable';

export class Breached extends Error {
  override readonly name = 'Breached';
  readonly breach: Breach;

  constructor(breach: Breach, what: string, options?: ErrorOptions) {
    super(`${breach}: ${what}`, options);
    this.breach = breach;
  }
}

interface Entry {
  readonly batch: Batch;
  /** When it was asked for, among all askings; those that failed are taken out. The first of them is its order. */
  asked: number[];
  /** How many askings have no answer yet. */
  open: number;
  isAcknowledged: boolean;
  fate: 'asked' | 'in doubt' | 'failed' | 'durable';
  /** Where it is; null until that is known. */
  offset: Offset | null;
}

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #terms = new Map<number, number>();
  readonly #followed: { readonly from: Offset; readonly seen: CommittedBatch[] }[] = [];
  #epoch: string | null = null;
  #askings = 0;
  #trimmed: Offset = 0;

  /** An append goes out: a new one, or one that is repeated. */
  asked(batch: Batch): void {
    const entry: Entry = this.#entries.get(batch.id) ?? {
      batch,
      asked: [],
      open: 0,
      isAcknowledged: false,
      fate: 'asked',
      offset: null,
    };
    this.#entries.set(batch.id, entry);
    entry.asked.push(this.#askings++);
    entry.open++;
    if (entry.fate === 'failed') entry.fate = 'asked';
  }

  acknowledged(batch: Batch, offset: Offset): void {
    const entry = this.#entryOf(batch);
    entry.open--;
    entry.isAcknowledged = true;
    this.#isAt(entry, offset);
  }

  /** This asking wrote nothing. Another may have. */
  failed(batch: Batch): void {
    const entry = this.#entryOf(batch);
    entry.open--;
    if (entry.isAcknowledged) return;
    entry.asked.shift();
    if (entry.open > 0) return;
    if (entry.fate === 'durable') throw new Breached('revived', `${batch.id} was shown, then failed`);
    entry.fate = 'failed';
  }

  claimed(partition: number, term: number): void {
    if (term <= (this.#terms.get(partition) ?? 0)) {
      throw new Breached('term went back', `partition ${partition} was given term ${term} again`);
    }
    this.#terms.set(partition, term);
  }

  trimmed(upTo: Offset): void {
    this.#trimmed = Math.max(this.#trimmed, upTo);
  }

  /** A follower begins; what it is given is to be pushed. Shown is durable: it may never go. */
  follower(from: Offset): { push(batch: CommittedBatch): void } {
    const seen: CommittedBatch[] = [];
    this.#followed.push({ from, seen });
    return {
      push: (batch) => {
        seen.push(batch);
        this.#judge(batch);
      },
    };
  }

  /** The process is gone: what had no answer is in doubt. */
  processEnded(): void {
    for (const entry of this.#entries.values()) {
      if (entry.fate === 'asked') entry.fate = 'in doubt';
      entry.open = 0;
    }
  }

  /** The whole log, as read after a start. */
  check(epoch: string, log: readonly CommittedBatch[]): void {
    this.#epoch ??= epoch;
    if (epoch !== this.#epoch) throw new Breached('another epoch', `${epoch} instead of ${this.#epoch}`);
    for (const batch of log) this.#judge(batch);
    this.#checkOrder(log);
    this.#checkPresence(log);
    for (const followed of this.#followed.splice(0)) this.#checkFollowed(followed, log);
  }

  #judge(batch: CommittedBatch): void {
    const entry = this.#entryOf(batch);
    const { fate, batch: asked } = entry;
    if (fate === 'failed') throw new Breached('revived', `${batch.id} failed, and is there`);
    if (!same(asked, batch)) throw new Breached('changed', `${batch.id} doesn't read as written`);
    this.#isAt(entry, batch.offset);
    this.#terms.set(batch.partition, Math.max(batch.term, this.#terms.get(batch.partition) ?? 0));
  }

  #isAt(entry: Entry, offset: Offset): void {
    const { batch } = entry;
    if (entry.offset !== null && entry.offset !== offset) {
      throw new Breached('moved', `${batch.id} from ${entry.offset} to ${offset}`);
    }
    entry.fate = 'durable';
    entry.offset = offset;
  }

  #checkOrder(log: readonly CommittedBatch[]): void {
    const last = new Map<number, { order: number; term: number }>();
    let offset = 0;
    for (const batch of log) {
      const [order = 0] = this.#entryOf(batch).asked;
      const before = last.get(batch.partition) ?? { order: -1, term: 0 };
      if (batch.offset <= offset) throw new Breached('disordered', `${batch.offset} comes behind ${offset}`);
      if (order < before.order) throw new Breached('disordered', `${batch.id} overtook another`);
      if (batch.term < before.term) throw new Breached('term went back', `at ${batch.id}`);
      last.set(batch.partition, { order, term: batch.term });
      offset = batch.offset;
    }
  }

  #checkPresence(log: readonly CommittedBatch[]): void {
    const present = new Set(log.map(({ id }) => id));
    for (const { batch, fate, offset } of this.#entries.values()) {
      const isDue = fate === 'durable' && (offset ?? 0) > this.#trimmed;
      if (isDue && !present.has(batch.id)) throw new Breached('lost', `${batch.id} at ${offset}`);
    }
  }

  /** No gap, no repeat, no reorder: what was seen is how the log goes on from there. */
  #checkFollowed(
    { from, seen }: { from: Offset; seen: readonly CommittedBatch[] },
    log: readonly CommittedBatch[],
  ): void {
    const kept = ({ offset }: CommittedBatch) => offset > Math.max(from, this.#trimmed);
    const given = seen.filter(kept).map(({ offset }) => offset);
    const due = log.filter(kept).map(({ offset }) => offset);
    if (given.some((offset, index) => offset !== due[index])) {
      throw new Breached('not followed', `from ${from} came ${given.join(' ')} instead of ${due.join(' ')}`);
    }
  }

  #entryOf({ id }: Batch): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Breached('invented', id);
    return entry;
  }
}

function same(left: Batch, right: Batch): boolean {
  return (
    left.partition === right.partition &&
    left.term === right.term &&
    left.count === right.count &&
    Buffer.compare(left.events, right.events) === 0
  );
}

/** What follows the journal: the documents, and the audit of presence. */
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { MessageArchive } from '../engine/archive.ts';
import type { Clock } from '../engine/clock.ts';
import type { Documents } from '../engine/documents/port.ts';
import { sqlDocuments } from '../engine/documents/sql.ts';
import type { Journal, Offset } from '../engine/journal/port.ts';
import { Projector, type ProjectorStatus } from '../engine/projector.ts';
import { presenceAudit } from './presence-audit.ts';

export interface ProjectionsOptions {
  readonly journal: Journal;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether the database keeps through a power cut what it has committed. */
  readonly isDurable: boolean;
}

/** How long a stop waits for what was journalled last to be copied. The next start would copy it as well. */
const FINISH_MS = 2_000;
/** How long a reader waits for what has just happened to be there. */
const READER_WAITS_MS = 2_000;
/** The audit is in less of a hurry. */
const AUDIT_GATHERING = { waitMs: 1_000, maxEvents: 5_000 };

export class Projections implements AsyncDisposable {
  readonly documents: Documents;
  readonly #journal: Journal;
  readonly #documents: Projector;
  readonly #audit: Projector;

  constructor({ journal, pool, clock, log, isDurable }: ProjectionsOptions) {
    this.documents = sqlDocuments(pool);
    this.#journal = journal;
    // The embedded database never fsyncs: until it is dumped, a power cut may take all that it was given.
    const heldSafely = isDurable ? (position: Offset) => position : () => 0;
    const options = { journal, clock, heldSafely };
    const tellOf = (what: string) => (error: Error) => log.error({ err: error }, what);
    this.#documents = new Projector({
      ...options,
      target: this.documents,
      onTrouble: tellOf('the history is not copied: the journal keeps it, and copying is tried again'),
    });
    this.#audit = new Projector({
      ...options,
      target: presenceAudit(pool),
      gathering: AUDIT_GATHERING,
      onTrouble: tellOf('the audit of presence is not written: the journal keeps it, and it is tried again'),
    });
  }

  /** The messages that the documents hold, as an engine asks for them. */
  get archive(): MessageArchive {
    return { documents: this.documents, caughtUp: () => this.caughtUp('documents') };
  }

  /** Up to where the journal may be trimmed for the sake of each. */
  get holders(): readonly (() => Offset)[] {
    return [this.#documents.safe, this.#audit.safe];
  }

  async status(): Promise<Readonly<Record<'documents' | 'audit', ProjectorStatus>>> {
    const [documents, audit] = await Promise.all([this.#documents.status(), this.#audit.status()]);
    return { documents, audit };
  }

  /** Resolves, before long, to whether that copy holds everything that was journalled before the call. */
  async caughtUp(copy: 'documents' | 'audit'): Promise<boolean> {
    const projector = copy === 'documents' ? this.#documents : this.#audit;
    return projector.reached(await this.#journal.head(), READER_WAITS_MS);
  }

  /**
   * 0 once the documents hold everything that was journalled before the call; else, before long, how old the oldest is
   * that they lack, milliseconds.
   */
  async lagMs(): Promise<number> {
    if (await this.caughtUp('documents')) return 0;
    return Math.max(1, (await this.status()).documents.lag.ageMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const head = await this.#journal.head();
    const finished = [this.#documents, this.#audit].map(async (projector) => {
      if ((await projector.status()).state === 'running') await projector.reached(head, FINISH_MS);
      await projector[Symbol.asyncDispose]();
    });
    await Promise.all(finished);
  }
}

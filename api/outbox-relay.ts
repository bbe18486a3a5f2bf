/**
 * Carries changes of master data from the database to the engine. A change writes its outbox row in its own
 * transaction; the row is removed only when the journal has what it tells. So nothing is lost between the two, and
 * hearing of a change twice does no harm.
 */
import type { Pool } from 'pg';
import type { Queryable } from '../drizzle/queryable.ts';
import { membersByIds } from '../drizzle/repositories/members.ts';
import * as outbox from '../drizzle/repositories/outbox.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Laws } from './laws.ts';
import type { Teams } from './teams.ts';

export interface OutboxRelayOptions {
  readonly db: Queryable;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly laws: Laws;
  readonly teams: Teams;
  readonly onError: (error: unknown) => void;
}

const BATCH = 200;
/** Should a notification get lost with its connection, the rows are found as late as this. */
const POLL_MS = 5_000;

export class OutboxRelay implements AsyncDisposable {
  readonly #options: OutboxRelayOptions;
  readonly #polling: Disposable;
  #listening: Promise<Listening> | null = null;
  #isOver = false;
  #running: Promise<void> | null = null;
  /** Somebody wants to know of changes that the run under way may have missed. */
  #isAsked = false;

  private constructor(options: OutboxRelayOptions) {
    this.#options = options;
    this.#polling = options.clock.every(POLL_MS, () => this.#wake());
  }

  static async start(options: OutboxRelayOptions): Promise<OutboxRelay> {
    const relay = new OutboxRelay(options);
    await relay.#listen();
    await relay.relayed();
    return relay;
  }

  /**
   * Resolves when the engine knows every change that was committed before the call. Never rejects: what could not be
   * delivered now stays in the outbox, and is tried again.
   */
  async relayed(): Promise<void> {
    this.#isAsked = true;
    while (this.#isAsked && !this.#isOver) {
      this.#running ??= this.#run();
      await this.#running;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#polling[Symbol.dispose]();
    this.#isOver = true;
    await this.#running;
    const listening = await this.#listening?.catch(() => null);
    listening?.release();
  }

  async #run(): Promise<void> {
    const { db, onError } = this.#options;
    this.#isAsked = false;
    try {
      for (;;) {
        const rows = await outbox.takeBatch(db, BATCH);
        if (rows.length === 0) break;
        await this.#deliver(rows);
        const delivered = rows.map(({ id }) => id);
        await outbox.remove(db, delivered);
      }
    } catch (error) {
      onError(error);
    } finally {
      this.#running = null;
    }
  }

  /**
   * Tells the engine how things are by now, whatever they were when the rows were written. An organisation before its
   * members: they are judged by its law.
   */
  async #deliver(rows: readonly outbox.OutboxRow[]): Promise<void> {
    const { db, engine, laws, teams } = this.#options;
    for (const id of idsOf(rows, 'organisation')) {
      await laws.reload(id);
      await engine.review(id);
    }
    for (const id of idsOf(rows, 'teams')) await teams.reload(id);
    const members = await membersByIds(db, idsOf(rows, 'member'));
    const answers = await Promise.all(members.map((member) => engine.enrol(member)));
    for (const answer of answers) if (!answer.ok) throw new Error(answer.message);
  }

  /** Listens for notifications on one connection; when that breaks, polling goes on and has it made anew. */
  #listen(): Promise<Listening> {
    const forget = () => (this.#listening = null);
    return (this.#listening ??= listen(this.#options.pool, {
      onNotified: () => this.#wake(),
      onBroken: forget,
    }).catch((error: unknown) => {
      forget();
      throw error;
    }));
  }

  #wake(): void {
    if (this.#isOver) return;
    this.#listen()
      .then(() => this.relayed())
      .catch((error: unknown) => this.#options.onError(error));
  }
}

/** Whom the rows of a topic are about, each once. */
function idsOf(rows: readonly outbox.OutboxRow[], topic: outbox.OutboxRow['topic']): readonly number[] {
  return [...new Set(rows.filter((row) => row.topic === topic).map(({ payload }) => payload.id))];
}

interface Listening {
  /** Gives the connection back. Once is enough, more do no harm. */
  release(): void;
}

async function listen(
  pool: Pool,
  { onNotified, onBroken }: { onNotified: () => void; onBroken: () => void },
): Promise<Listening> {
  const client = await pool.connect();
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    client.release(true);
  };
  client.on('notification', onNotified);
  client.on('error', () => {
    onBroken();
    release();
  });
  try {
    await client.query(`LISTEN ${outbox.OUTBOX_CHANNEL}`);
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

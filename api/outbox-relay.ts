/**
 * Carries changes of master data from the database to the engine. A change writes its outbox row in its own
 * transaction; the row is removed only when the journal has what it tells. So nothing is lost between the two, and
 * hearing of a change twice does no harm.
 */
import type { Pool } from 'pg';
import type { Queryable } from '../drizzle/queryable.ts';
import * as outbox from '../drizzle/repositories/outbox.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Laws } from './laws.ts';

export interface OutboxRelayOptions {
  readonly db: Queryable;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly laws: Laws;
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
        // An organisation before its members: they are judged by its law.
        for (const row of rows) if (row.topic === 'organisation') await this.#deliver(row);
        await Promise.all(newestOfMembers(rows).map((row) => this.#deliver(row)));
        const delivered = rows.map(({ id }) => id);
        await outbox.remove(db, delivered);
      }
    } catch (error) {
      onError(error);
    } finally {
      this.#running = null;
    }
  }

  async #deliver(row: outbox.OutboxRow): Promise<void> {
    const { engine, laws } = this.#options;
    switch (row.topic) {
      case 'member': {
        const answer = await engine.enrol(row.payload);
        if (!answer.ok) throw new Error(answer.message);
        return;
      }
      case 'organisation':
        return laws.reload(row.payload.id);
    }
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

/** Of several rows about one member the last: each says how things are. */
function newestOfMembers(rows: readonly outbox.OutboxRow[]): readonly outbox.OutboxRow[] {
  const newest = new Map<number, outbox.OutboxRow>();
  for (const row of rows) if (row.topic === 'member') newest.set(row.payload.id, row);
  return [...newest.values()];
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
